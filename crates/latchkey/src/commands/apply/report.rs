//! What was done, for the operator's eyes.

use std::fmt;

use account::provisioning::Change;

use super::clients::ClientChange;
use super::plan::Changes;

/// The report of a run.
pub struct Report<'a> {
    /// What was, or would be, changed.
    pub changes: &'a Changes,
    /// Whether nothing was done.
    pub plan: bool,
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut made, mut changed, mut same) = (0, 0, 0);
        for (email, change) in &self.changes.accounts {
            match change {
                Change::Create => writeln!(out, "+ account {email}")?,
                Change::Replace(_) => {
                    writeln!(out, "+ account {email} (in place of a sign-up that was never verified)")?
                }
                Change::Update(_, differences) => {
                    writeln!(out, "~ account {email}")?;
                    for d in differences {
                        writeln!(out, "    {}: {} -> {}", d.field, d.old, d.new)?;
                    }
                }
                Change::Nothing(_) => writeln!(out, "= account {email}")?,
            }
            match change {
                Change::Create | Change::Replace(_) => made += 1,
                Change::Update(..) => changed += 1,
                Change::Nothing(_) => same += 1,
            }
        }
        for (id, change) in &self.changes.clients {
            match change {
                ClientChange::Create(_) => {
                    writeln!(out, "+ client {id}")?;
                    made += 1;
                }
                ClientChange::Update(_, differences) => {
                    writeln!(out, "~ client {id}")?;
                    for (field, values) in differences {
                        match values {
                            Some((old, new)) => writeln!(out, "    {field}: {old} -> {new}")?,
                            None => writeln!(out, "    {field}: another one")?,
                        }
                    }
                    changed += 1;
                }
                ClientChange::Nothing => {
                    writeln!(out, "= client {id}")?;
                    same += 1;
                }
            }
        }
        match (self.plan, made + changed) {
            (_, 0) => writeln!(out, "Nothing to change: {same} as the file says."),
            (true, _) => {
                writeln!(out, "{made} to make, {changed} to change, {same} as the file says. Nothing was changed.")
            }
            (false, _) => writeln!(out, "{made} made, {changed} changed, {same} as the file says."),
        }
    }
}
