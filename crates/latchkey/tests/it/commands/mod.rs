//! Commands, signals and start-up, through the built executable.

mod crash;
mod demo;
mod doctor;
mod linkage;
pub mod process;
mod registration;
mod serve;
