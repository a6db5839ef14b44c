//! What the program does with the file of settings in place of chatting: prints every setting, or checks the file. It writes no file.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{ArgGroup, Args};

use super::file::{printed, read};
use super::surroundings::{Variable, locale};
use super::values::language;
use super::{Arguments, LanguageName};
use crate::model::words::{Said, fill};
use crate::text::sanitized::Sanitized;

/// The exit code where something is wrong with the file.
pub const EXIT_FAULTS: u8 = 2;

/// The flags of `chat-tui config`.
#[derive(Args, Clone, Debug)]
#[command(group(ArgGroup::new("what").required(true).args(["print", "check"])))]
pub struct ConfigArgs {
    /// Print every setting and key with its default and a line about it, as a file to begin with
    #[arg(long)]
    pub print: bool,

    /// Say by line and column what is wrong with FILE and how to mend it [default: your own file]; exit code 2 if anything is
    #[arg(long, value_name = "FILE", num_args = 0..=1)]
    pub check: Option<Option<PathBuf>>,

    /// The language in which that is said: en or ko [default: by the file, else by LANG]
    #[arg(long, value_name = "LANG", value_parser = language)]
    pub lang: Option<LanguageName>,
}

impl Arguments {
    /// What is to be done with the file of settings by a flag of the program itself.
    pub fn config(&self) -> Option<ConfigArgs> {
        self.check_config.as_ref().map(|file| ConfigArgs {
            print: false,
            check: Some(file.clone()),
            lang: self.lang,
        })
    }
}

/// Does it with the file that is named, else with the person's own; the exit code.
///
/// # Errors
///
/// When the output is closed.
pub fn run(
    args: &ConfigArgs,
    own: &Path,
    variable: Variable<'_>,
    output: &mut dyn Write,
    notes: &mut dyn Write,
) -> io::Result<u8> {
    let named = args.check.as_ref().and_then(Option::as_deref);
    let path = named.unwrap_or(own);
    let read = read(path);
    let found = read.as_ref().ok().and_then(Option::as_ref);
    let lang = args
        .lang
        .or_else(|| found.and_then(|found| found.settings.lang));
    let language = lang.map_or_else(|| locale(variable), |name| name.0);
    if args.print {
        output.write_all(printed(language).as_bytes())?;
        return Ok(0);
    }
    let shown = path.display().to_string();
    let shown = Sanitized::line(&shown);
    let say = |said: Said| fill(said.in_language(language), &[shown.as_str()]);
    match read {
        Ok(Some(found)) if found.faults.is_empty() => writeln!(output, "{}", say(WELL))?,
        Ok(Some(found)) => {
            for fault in found.faults {
                let told = fault.told(language);
                writeln!(notes, "{shown}:{}", Sanitized::line(&told))?;
            }
            return Ok(EXIT_FAULTS);
        }
        Ok(None) if named.is_none() => writeln!(output, "{}", say(DEFAULTS))?,
        Ok(None) => {
            writeln!(notes, "{}", say(MISSING))?;
            return Ok(EXIT_FAULTS);
        }
        Err(error) => {
            let told = error.told(language);
            writeln!(notes, "{}", Sanitized::line(&told))?;
            return Ok(EXIT_FAULTS);
        }
    }
    Ok(0)
}

const WELL: Said = Said("{0}: all is well", "{0}: 문제 없습니다");
const DEFAULTS: Said = Said(
    "{0} is not there: every setting is at its default",
    "{0} 파일이 없어 모두 기본값입니다",
);
const MISSING: Said = Said(
    "{0} is not there; name another file",
    "{0} 파일이 없습니다. 다른 파일을 대세요",
);
