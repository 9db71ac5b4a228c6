package dev.trapline.config;

/// A configuration key that an option on the command line sets.
///
/// @param path the key, from the root: `trapline.machine.cpus`
/// @param value text, or a list of texts
/// @param option the option as the user wrote it, for messages: `--cpus 65`
public record CommandLineSetting(String path, Object value, String option) {}
