package dev.trapline.config;

/// A configuration key that the user has set, by an option, by `--set`, or in a file.
///
/// @param path the key, from the root: `trapline.run.seed`
/// @param shown the part of the key that a message may quote: for an unknown key of an included file, the section
/// @param origin where it was set: `--seed 7`, or `machine.conf:12`
/// @param onCommandLine whether it was set by an option or by `--set`
public record GivenKey(String path, String shown, String origin, boolean onCommandLine) {}
