package dev.trapline.abi.file;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/// Why something cannot be written, in words for a person.
public final class WriteFailure {

    private WriteFailure() {}

    /// The reason, as the end of a sentence that has named the file: without the names of classes and, as a rule,
    /// of the file.
    ///
    /// @param failure what was thrown; the reason is at the bottom of its causes
    public static String reason(Throwable failure) {
        Throwable root = failure;
        for (Throwable next = failure.getCause(); next != null; next = next.getCause()) {
            root = next;
        }
        String message = root.getMessage();
        return switch (root) {
            case AccessDeniedException _ -> "permission denied";
            case NoSuchFileException e -> "there is no " + e.getFile();
            case FileAlreadyExistsException e when e.getReason() == null -> e.getFile() + " is in the way";
            case FileSystemException e when e.getReason() != null -> e.getReason();
            default -> message == null ? root.getClass().getSimpleName() : message;
        };
    }
}
