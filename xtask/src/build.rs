//! What `demo` and `test` need built, each made only when its inputs changed.

use crate::{
    install, package, plugin,
    stage::Stages,
    workspace::{Workspace, run},
};
use anyhow::Result;

/// The plugin, into `pkg/`.
pub fn plugin(workspace: &Workspace, stages: &mut Stages) -> Result<()> {
    let node = install::node(workspace)?;
    let bound = plugin::bind(workspace, node.as_ref(), stages)?;
    stages.run("package", || package::assemble(workspace, &bound))?;
    Ok(())
}

/// Proxy and simulator, unoptimised: they are waited for, and wait themselves.
pub fn native(workspace: &Workspace, stages: &mut Stages) -> Result<()> {
    stages.run("compile proxy and simulator", || {
        run(workspace.cargo().args(["build", "--locked", "--package", "remote-support-proxy", "--package", "remote-support-simulator"]))
    })
}
