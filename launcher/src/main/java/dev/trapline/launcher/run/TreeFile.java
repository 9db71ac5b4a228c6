package dev.trapline.launcher.run;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.file.WriteFailure;
import dev.trapline.launcher.output.CommandException;
import dev.trapline.launcher.output.Ending;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Writes the device tree that a guest would get: `run --dump-dtb`.
final class TreeFile {

    private TreeFile() {}

    /// Writes a tree into a file that does not exist yet.
    ///
    /// @throws CommandException if there is something already, or if it cannot be written; then there is no file
    static void write(Path file, Bytes tree) {
        boolean made = false;
        try {
            Files.createFile(file);
            made = true;
            Files.write(file, tree.toArray(), StandardOpenOption.WRITE);
        } catch (FileAlreadyExistsException e) {
            throw CommandException.usage(
                    "--dump-dtb: there is already something at " + file
                            + ": it is not overwritten; choose another file, or remove it",
                    e);
        } catch (IOException e) {
            if (made) {
                deleteQuietly(file);
            }
            throw CommandException.of(new Ending(
                    Ending.STORAGE,
                    "output-failed",
                    "--dump-dtb " + file + " cannot be written: " + WriteFailure.reason(e)
                            + "; choose a file in a directory that can be written and has room"));
        }
    }

    private static void deleteQuietly(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException _) {
            // The error that led here is the one to report.
        }
    }
}
