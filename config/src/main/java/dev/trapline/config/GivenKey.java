package dev.trapline.config;

/// A configuration key that somebody has set: by an option, by `--set`, or in a file.
///
/// @param path the key, from the root: `trapline.run.seed`
/// @param shown as much of the key as a message may repeat: of one that an included file made up, the section
/// @param origin where it was set, as its writer knows it: `--seed 7`, or `machine.conf:12`
/// @param onCommandLine whether it was set by an option or by `--set`
public record GivenKey(String path, String shown, String origin, boolean onCommandLine) {}
