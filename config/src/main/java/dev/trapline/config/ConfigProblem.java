package dev.trapline.config;

/// One thing that is wrong with a configuration.
///
/// @param origin where it was written: `machine.conf:12`, or the option: `--cpus 65`
/// @param path the key, from the root: `trapline.machine.cpus`; empty where the file as a whole is meant
/// @param message what it takes and what it got, as the end of a sentence that begins with the path
public record ConfigProblem(String origin, String path, String message) {
    @Override
    public String toString() {
        return origin + ": " + (path.isEmpty() ? "" : Shown.shortened(path) + " ") + message;
    }
}
