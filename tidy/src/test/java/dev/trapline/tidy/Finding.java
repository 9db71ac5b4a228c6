package dev.trapline.tidy;

import java.nio.file.Path;

/// One violation of a rule.
///
/// @param path relative to the root of the repository
/// @param line from 1; 0 for the whole file
/// @param message what is wrong, and what to write instead
record Finding(Path path, long line, String message) {

    @Override
    public String toString() {
        return path + (line == 0 ? "" : ":" + line) + ": " + message;
    }
}
