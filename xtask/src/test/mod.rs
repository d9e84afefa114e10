//! `cargo xtask test`: every test there is, natively, in a browser and on real pages, and what they say about the
//! acceptance scenarios. Writes no test itself.

mod outcome;
mod scenarios;

use crate::{
    build,
    install::{self, Browser, Node},
    size,
    stage::Stages,
    workspace::{Workspace, run},
};
use anyhow::{Result, bail};
use outcome::{Outcome, Outcomes, cargo_test, page_tests};
use scenarios::Scenarios;
use std::process::Command;

#[derive(clap::Args)]
pub struct Options {
    /// Leave out everything that needs a browser
    #[arg(long)]
    fast: bool,
    /// Only the page tests whose file name contains this word
    #[arg(long, value_name = "WORD")]
    pages: Option<String>,
}

/// The proxy's fail points are compiled in for its tests, and only for them.
pub const TEST_FEATURES: &str = "remote-support-proxy/fail-points";

pub fn test(workspace: &Workspace, options: &Options) -> Result<()> {
    let mut stages = Stages::new();
    let mut all = Run { outcomes: Outcomes::default(), failed: Vec::new() };
    if let Some(word) = &options.pages {
        let tools = tools(workspace, &mut stages)?;
        all.pages(workspace, &tools, word, &mut stages)?;
        return all.close(workspace, false, &stages);
    }
    let tools = if options.fast { None } else { Some(tools(workspace, &mut stages)?) };
    all.cargo(
        "native tests",
        &mut stages,
        workspace.cargo().args(["test", "--locked", "--no-fail-fast", "--features", TEST_FEATURES]).args(PRODUCT),
    );
    all.cargo("tests of the tools", &mut stages, workspace.cargo().args(["test", "--locked", "--profile", "tool", "--package", "xtask"]));
    if let Some(tools) = &tools {
        all.browser(workspace, &tools.1, &mut stages)?;
        all.pages(workspace, tools, "", &mut stages)?;
        let sizes = stages.run("size", || size::check(workspace));
        all.note("size", sizes);
    }
    all.close(workspace, !options.fast, &stages)
}

/// The packages whose tests run natively.
const PRODUCT: [&str; 8] = [
    "--package",
    "halo-remote-support",
    "--package",
    "remote-support-report",
    "--package",
    "remote-support-proxy",
    "--package",
    "remote-support-simulator",
];

type Tools = (Node, Browser);

fn tools(workspace: &Workspace, stages: &mut Stages) -> Result<Tools> {
    stages.run("tools", || {
        install::wasm_target(workspace)?;
        let Some(node) = install::node(workspace)? else {
            bail!("Node is missing, and the page tests need it; install Node 20 or newer from https://nodejs.org or your system's packages, or use `cargo xtask test --fast`");
        };
        Ok((node, install::browser(workspace)?))
    })
}

/// What has been seen so far. A failing stage does not keep the others from running.
struct Run {
    outcomes: Outcomes,
    failed: Vec<String>,
}

impl Run {
    fn note(&mut self, stage: &str, result: Result<()>) {
        if let Err(error) = result {
            eprintln!("{stage}: {error:#}");
            self.failed.push(format!("{stage}: {error}"));
        }
    }

    fn cargo(&mut self, stage: &str, stages: &mut Stages, command: &mut Command) {
        let mut outcomes = Outcomes::default();
        let result = stages.run(stage, || cargo_test(command, &mut outcomes));
        println!(
            "{stage}: {} passed, {} failed, {} ignored",
            outcomes.count(Outcome::Passed),
            outcomes.count(Outcome::Failed),
            outcomes.count(Outcome::Ignored)
        );
        self.outcomes.add(outcomes);
        self.note(stage, result);
    }

    /// Tests that need a browser's own API, compiled to WebAssembly.
    fn browser(&mut self, workspace: &Workspace, browser: &Browser, stages: &mut Stages) -> Result<()> {
        if !workspace.root.join("tests/browser").is_dir() {
            return Ok(());
        }
        let command = || {
            let mut cargo = workspace.cargo();
            cargo.args(["test", "--locked", "--package", "halo-remote-support", "--target", "wasm32-unknown-unknown", "--test", "browser"]);
            cargo
                .env("WASM_BINDGEN_USE_BROWSER", "1")
                .env("WASM_BINDGEN_TEST_TIMEOUT", "120")
                .env("WASM_BINDGEN_TEST_DRIVER_TIMEOUT", "60");
            cargo.env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", workspace.root.join("webdriver.json"));
            cargo
        };
        self.cargo("browser tests in Chromium", stages, command().env("CHROMEDRIVER", &browser.driver));
        match install::firefox() {
            Some(driver) => {
                // The same tests again, where Firefox happens to be: told, but no gate.
                let result = stages.run("browser tests in Firefox", || {
                    cargo_test(command().env("GECKODRIVER", driver).env_remove("CHROMEDRIVER"), &mut Outcomes::default())
                });
                match result {
                    Ok(()) => println!("browser tests in Firefox: passed"),
                    Err(error) => println!("browser tests in Firefox: failed, which is told and not counted: {error:#}"),
                }
            }
            None => println!("browser tests in Firefox: skipped; firefox and geckodriver are not both on the PATH"),
        }
        Ok(())
    }

    /// Real pages in a real browser, against the built package and the whole demo.
    fn pages(&mut self, workspace: &Workspace, (node, browser): &Tools, word: &str, stages: &mut Stages) -> Result<()> {
        build::plugin(workspace, stages)?;
        build::native(workspace, stages)?;
        let types = stages.run("types", || {
            run(workspace.program(&node.program).arg(node.modules.join("typescript/bin/tsc")).args(["--project", "tests/pages/types"]))
        });
        self.note("types", types);
        let report = workspace.target.join("page-tests.jsonl");
        let result = stages.run("page tests", || {
            let mut command = workspace.program(&node.program);
            // One file at a time: each starts its own demo and browser, and there may be two cores.
            command.args([
                "--test",
                "--test-concurrency=1",
                "--test-timeout=240000",
                "--test-reporter=spec",
                "--test-reporter-destination=stdout",
            ]);
            command.arg("--test-reporter=./tests/pages/reporter.mjs").arg(format!("--test-reporter-destination={}", report.display()));
            command.args(page_files(workspace, word)?).env("CHROMIUM", &browser.chromium);
            run(command.env("XTASK", std::env::current_exe()?).env("CARGO_TARGET_DIR", &workspace.target))
        });
        self.note("page tests", result);
        self.outcomes.add(page_tests(&report)?);
        Ok(())
    }

    /// Prints the verdict. Failing tests, stages and scenarios that name no existing test make it an error.
    fn close(mut self, workspace: &Workspace, whole: bool, stages: &Stages) -> Result<()> {
        let (table, problems) = Scenarios::read(workspace)?.judge(&self.outcomes, whole);
        println!("\n{table}\n\n{}\n", stages.summary());
        self.failed.extend(problems);
        for (name, _) in self.outcomes.tests.iter().filter(|(_, outcome)| **outcome == Outcome::Failed) {
            println!("failed: {name}");
        }
        let [passed, failed, ignored] = [Outcome::Passed, Outcome::Failed, Outcome::Ignored].map(|outcome| self.outcomes.count(outcome));
        println!("all tests: {passed} passed, {failed} failed, {ignored} ignored, in {} suites", self.outcomes.suites.len());
        if !self.failed.is_empty() {
            bail!("not everything holds:\n  {}", self.failed.join("\n  "));
        }
        Ok(())
    }
}

fn page_files(workspace: &Workspace, word: &str) -> Result<Vec<String>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(workspace.root.join("tests/pages"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".test.mjs") && name.contains(word) {
            files.push(format!("tests/pages/{name}"));
        }
    }
    files.sort();
    if files.is_empty() {
        bail!("no file tests/pages/*{word}*.test.mjs");
    }
    Ok(files)
}
