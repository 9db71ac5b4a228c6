package dev.trapline.tidy;

import java.nio.file.Path;

/// One place that breaks a rule.
///
/// @param path relative to the root of the repository
/// @param line from 1; 0 where the whole file is meant
/// @param message what is wrong there, and what to write instead
record Finding(Path path, long line, String message) {

    @Override
    public String toString() {
        return path + (line == 0 ? "" : ":" + line) + ": " + message;
    }
}
