//! Everything a person types: `cargo xtask build`, `demo`, `test`, `check`, `size`, `guard`, `soak`, `fuzz`,
//! `mutants`, `screenshots`, `bench`. Nothing of it is part of the product.

mod bench;
mod build;
mod check;
mod compress;
mod demo;
mod fuzz;
mod guard;
mod install;
mod mutants;
mod package;
mod plugin;
mod screenshots;
mod size;
mod soak;
mod stage;
mod test;
mod workspace;

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::{ffi::OsString, process::ExitCode};
use workspace::Workspace;

#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about = "Build, try and test Halo Remote Support")]
struct Arguments {
    #[command(subcommand)]
    command: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Build the plugin into pkg/
    Build,
    /// Build everything and run it against a simulated BeyondTrust appliance and a simulated Halo
    Demo(demo::Options),
    /// Run every test, and say which acceptance scenarios hold
    Test(test::Options),
    /// Format, lints, documentation, links
    Check,
    /// Hold the size of pkg/ against size-budget.toml
    Size,
    /// Break each promise in a copy and expect its test to fail
    Guard {
        /// Only the patches whose name contains this word
        word: Option<String>,
    },
    /// Kill the proxy again and again while its vendors misbehave, and expect nothing lost and nothing twice
    Soak(soak::Options),
    /// Look for inputs that break a promise; needs the nightly compiler
    Fuzz(fuzz::Options),
    /// Change the rules in small ways and expect a test to fail each time
    Mutants(mutants::Options),
    /// Photograph the demo's pages: wide and narrow, light and dark
    Screenshots(screenshots::Options),
    /// Measure the plugin beside other parsers and template engines, in Chromium and in Node, and the proxy beside its disk
    Bench(bench::Options),
    /// Cargo's runner for tests compiled to WebAssembly (see .cargo/config.toml)
    #[command(hide = true)]
    WasmTestRunner {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(action: Action) -> Result<()> {
    if let Action::WasmTestRunner { arguments } = action {
        return wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args(
            std::iter::once("wasm-bindgen-test-runner".into()).chain(arguments),
        );
    }
    let workspace = Workspace::here()?;
    match action {
        Action::Build => {
            let mut stages = stage::Stages::new();
            build::plugin(&workspace, &mut stages)?;
            println!("{}\n\npkg/ is ready: serve it from any static folder and load pkg/{}", stages.summary(), package::ENTRY);
            Ok(())
        }
        Action::Demo(options) => demo::run(&workspace, &options),
        Action::Test(options) => test::test(&workspace, &options),
        Action::Check => check::check(&workspace),
        Action::Size => size::check(&workspace),
        Action::Guard { word } => guard::guard(&workspace, word.as_deref()),
        Action::Soak(options) => soak::soak(&workspace, &options),
        Action::Fuzz(options) => fuzz::fuzz(&workspace, &options),
        Action::Mutants(options) => mutants::mutants(&workspace, &options),
        Action::Screenshots(options) => screenshots::take(&workspace, &options),
        Action::Bench(options) => bench::measure(&workspace, &options),
        Action::WasmTestRunner { .. } => Ok(()),
    }
}
