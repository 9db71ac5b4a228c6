package dev.trapline.abi.engine;

/// Identity of the native library that executes guest code.
///
/// @param name its name, for people
/// @param version the version it reports, such as `2.0.1`
/// @param sha256 hash of the library's file, 64 hexadecimal digits
/// @param origin where it was loaded from, for people: a path, or the artefact it came in
public record EngineLibrary(String name, String version, String sha256, String origin) {}
