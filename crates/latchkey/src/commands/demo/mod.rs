//! `latchkey demo`: the newcomer's one command.

mod data;
mod people;
mod products;

use super::{say, serve};
use crate::settings::Settings;
use crate::settings::value::{DatabaseUrl, MailUrl, PublicUrl};
use crate::signals::StopSignals;
use crate::wire::Node;
use crate::{installation, running};
use account::{Accounts, Clock};
use anyhow::Context;
use clap::Args;
use data::Data;
use demo::apps::{Bound, Product};
use demo::mail::Catcher;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use web::gallery::{self, Gallery, MakeSpecimens};

/// What `demo` takes.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// Throw away ./demo-data and start over.
    #[arg(long)]
    pub fresh: bool,
    /// The provider's port. The products take the three after it, the mail catcher's page the one 55 below it.
    #[arg(long, value_name = "PORT", default_value_t = 8080, value_parser = clap::value_parser!(u16).range(1100..=65000))]
    pub port: u16,
}

/// Where everything is kept, relative to the working directory.
const FOLDER: &str = "demo-data";
/// How far below the provider's port the mail catcher's page is: 8080 and 8025.
const MAIL_PORT_BELOW: u16 = 55;

/// Every port of the demo, taken before anything else is done.
struct Ports {
    provider: TcpListener,
    products: Vec<(Product, Bound)>,
    mail_page: SocketAddr,
}

/// Runs provider, products and mail catcher on this machine until ctrl-C.
///
/// # Errors
/// A port is in use, or the data cannot be opened.
pub fn run(options: Options) -> anyhow::Result<()> {
    let folder = Path::new(FOLDER);
    let taken = || {
        format!(
            "The demo cannot take its ports. Stop the program that uses them (another `latchkey demo`, perhaps), or choose \
             others by `latchkey demo --port {}`",
            if options.port < 60_000 { options.port + 1000 } else { 8080 }
        )
    };
    let ports = Ports::bind(options.port).with_context(taken)?;
    // Only now: nobody else's demo runs on this data.
    if options.fresh {
        data::throw_away(folder)?;
    }
    let mails = ports.mail_catcher(folder).with_context(taken)?;
    let mut data = Data::open(folder)?;
    let settings = settings(&options, folder, &mails)?;
    let db = installation::open_database(&settings)?;
    db.migrate().context("The demo's database cannot be brought up to date; `latchkey demo --fresh` starts over")?;
    installation::mark_as_demo(&db)?;
    let accounts = installation::open_accounts(&settings, db, Clock::system())?;
    people::ensure(&accounts, &mut data)?;
    products::register(&accounts, &mut data, options.port)?;
    data.save()?;
    actix_web::rt::System::new().block_on(demonstrate(settings, accounts, data, ports, mails))
}

impl Ports {
    fn bind(port: u16) -> anyhow::Result<Self> {
        let on = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let provider =
            TcpListener::bind(on(port)).with_context(|| format!("the provider cannot listen on {}", on(port)))?;
        provider.set_nonblocking(true)?;
        let mut products = Vec::new();
        for (product, port) in Product::ALL.into_iter().zip(port + 1..) {
            products.push((product, demo::apps::bind(product, on(port))?));
        }
        let mail_page = on(port - MAIL_PORT_BELOW);
        // The catcher reads its folder when it takes its port, and that waits until a fresh start has emptied it.
        drop(TcpListener::bind(mail_page).with_context(|| format!("the mail catcher cannot listen on {mail_page}"))?);
        Ok(Self { provider, products, mail_page })
    }

    fn mail_catcher(&self, folder: &Path) -> anyhow::Result<Catcher> {
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Ok(Catcher::bind(any, self.mail_page, folder.join("mail"))?)
    }
}

fn settings(options: &Options, folder: &Path, mails: &Catcher) -> anyhow::Result<Settings> {
    let mut settings = Settings::default();
    settings.server.public_url = PublicUrl::on_localhost(options.port);
    settings.server.listen = SocketAddr::from((Ipv4Addr::LOCALHOST, options.port));
    settings.database.url = DatabaseUrl::sqlite(&folder.join("latchkey.db"));
    settings.secrets.key_file = folder.join("latchkey.key");
    settings.mail.url = Some(MailUrl::try_from(mails.smtp_url()).map_err(anyhow::Error::msg)?);
    // The products are told of log-outs, and they are on this machine.
    settings.fetch.allow_private_networks = true;
    Ok(settings)
}

async fn demonstrate(
    settings: Settings,
    accounts: Accounts,
    data: Data,
    ports: Ports,
    mails: Catcher,
) -> anyhow::Result<()> {
    let stop = StopSignals::listen().context("Signals cannot be listened to")?;
    let makers: [MakeSpecimens; 2] = [server::specimens, admin::specimens];
    let shown = Gallery::new(makers);
    let node = Node::build(&settings, accounts.clone()).await?;
    let pages = node
        .serve(ports.provider, None, serve::workers(), move |routes| gallery::configure(routes, shown.clone()))
        .context("The server cannot be started")?;
    mails.start().context("The mail catcher cannot be started")?;
    let products = products::start(ports.products, &accounts.clock, &data, &settings.server)?;
    say(&welcome(&settings, &products, &mails, &people::lines(&accounts, &data).await?));
    running::run_until(&node, pages, None, stop.asked()).await?;
    for product in products {
        product.running.stop().await;
    }
    mails.stop().await;
    say("Stopped. Everything is kept in ./demo-data.");
    Ok(())
}

fn welcome(settings: &Settings, products: &[products::Started], mails: &Catcher, people: &str) -> String {
    let provider = settings.server.public_url.as_str();
    let apps: String =
        products.iter().map(|started| format!("  {:<9} {}\n", started.product.name(), started.running.url())).collect();
    format!(
        "\nLatchkey demo. Open Tracker, log in, then open Wiki: you are in at once.\n\n{apps}  Account   {provider}/account\n  \
         Console   {provider}/admin\n  Mail      {}\n  Pages     {provider}/dev/gallery\n\nAccounts, with passwords \
         made for this demo:\n\n{people}\nEverything is kept in ./{FOLDER}; `latchkey demo --fresh` starts over. Ctrl-C \
         stops.\n",
        mails.web_url()
    )
}
