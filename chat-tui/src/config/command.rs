//! What the program does with the file of settings in place of chatting: prints every setting, or checks the file. It writes no file.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::file::{printed, read};
use crate::text::sanitized::Sanitized;

/// The exit code where something is wrong with the file.
pub const EXIT_FAULTS: u8 = 2;

/// The flags of `chat-tui config`.
#[derive(Args, Clone, Debug)]
#[group(required = true, multiple = false)]
pub struct ConfigArgs {
    /// Print every setting with its default and a line about it, as a file to begin with
    #[arg(long)]
    pub print: bool,

    /// Say by line and column what is wrong with FILE and how to mend it [default: your own file]; exit code 2 if anything is
    #[arg(long, value_name = "FILE", num_args = 0..=1)]
    pub check: Option<Option<PathBuf>>,
}

/// Does it with the file that is named, else with the person's own; the exit code.
///
/// # Errors
///
/// When the output is closed.
pub fn run(
    args: &ConfigArgs,
    own: &Path,
    output: &mut dyn Write,
    notes: &mut dyn Write,
) -> io::Result<u8> {
    let Some(named) = &args.check else {
        output.write_all(printed().as_bytes())?;
        return Ok(0);
    };
    let path = named.as_deref().unwrap_or(own);
    let shown = path.display().to_string();
    let shown = Sanitized::line(&shown);
    match read(path) {
        Ok(Some(found)) if found.faults.is_empty() => writeln!(output, "{shown}: all is well")?,
        Ok(Some(found)) => {
            for fault in found.faults {
                let told = fault.to_string();
                writeln!(notes, "{shown}:{}", Sanitized::line(&told))?;
            }
            return Ok(EXIT_FAULTS);
        }
        Ok(None) if named.is_none() => {
            writeln!(
                output,
                "{shown} is not there: every setting is at its default"
            )?;
        }
        Ok(None) => {
            writeln!(notes, "{shown} is not there; name another file")?;
            return Ok(EXIT_FAULTS);
        }
        Err(error) => {
            let told = error.to_string();
            writeln!(notes, "{}", Sanitized::line(&told))?;
            return Ok(EXIT_FAULTS);
        }
    }
    Ok(0)
}
