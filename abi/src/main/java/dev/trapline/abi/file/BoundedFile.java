package dev.trapline.abi.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/// Reads files of which nothing is known yet: regular ones, and at most as much of them as the caller can use. What is
/// no regular file is not even opened, since opening a pipe waits for somebody to write.
public final class BoundedFile {

    /// What becomes of a name that is a symbolic link.
    public enum Links {
        /// The user named the file: a link to it is as good.
        FOLLOWED,
        /// Somebody else may have put it there: it would lead to any file of the reader's.
        REFUSED
    }

    /// Names of what the process has open already. A shell puts them there: `<(command)`, `/dev/stdin`.
    private static final String OPEN_ALREADY = "/dev/stdin|/dev/fd/[0-9]+|/proc/self/fd/[0-9]+";

    private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

    private BoundedFile() {}

    /// Opens a regular file to read.
    ///
    /// @throws UnusableFileException if it is of another kind
    public static FileChannel open(Path file, Links links) throws IOException {
        requireRegular(file, links);
        return links == Links.REFUSED
                ? FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)
                : FileChannel.open(file, StandardOpenOption.READ);
    }

    /// Makes sure that there is a regular file.
    ///
    /// @throws UnusableFileException if there is something of another kind, or nothing
    public static void requireRegular(Path file, Links links) throws IOException {
        FileKind kind = kind(file, links);
        if (kind != FileKind.REGULAR) {
            throw unusable(kind);
        }
    }

    /// Makes sure that a file can be written at a place without touching anything of another kind.
    ///
    /// @throws UnusableFileException if there is something, and it is no regular file
    public static void requireRegularOrNothing(Path file, Links links) throws IOException {
        FileKind kind = kind(file, links);
        if (kind != FileKind.REGULAR && kind != FileKind.NOTHING) {
            throw unusable(kind);
        }
    }

    private static FileKind kind(Path file, Links links) throws IOException {
        return links == Links.REFUSED ? FileKind.of(file, LinkOption.NOFOLLOW_LINKS) : FileKind.of(file);
    }

    private static UnusableFileException unusable(FileKind kind) {
        return new UnusableFileException(
                kind == FileKind.NOTHING ? kind.words() : kind.words() + ", and not a regular file");
    }

    /// Whether a name stands for a pipe that the process has open already, as a shell's `<(command)` does.
    public static boolean isOpenPipe(Path file) throws IOException {
        return file.toString().matches(OPEN_ALREADY) && FileKind.of(file) == FileKind.PIPE;
    }

    /// The whole of a regular file.
    ///
    /// @param most how many bytes it may have
    /// @throws UnusableFileException if it has more, or is of another kind
    public static byte[] read(Path file, long most, Links links) throws IOException {
        try (FileChannel channel = open(file, links)) {
            long size = channel.size();
            if (size > most) {
                throw new UnusableFileException("has " + size + " bytes; at most " + most + " can be used");
            }
            InputStream in = Channels.newInputStream(channel);
            // Some files of the system say that they have 0 bytes, and have more.
            return size == 0 ? readAll(in, most) : readSized(in, (int) Math.min(size, LARGEST_ARRAY));
        }
    }

    /// The whole of a file that the user named: a regular one, a link to one, or a pipe that the shell has opened.
    ///
    /// @throws UnusableFileException as above
    public static byte[] readGiven(Path file, long most) throws IOException {
        if (!isOpenPipe(file)) {
            return read(file, most, Links.FOLLOWED);
        }
        try (InputStream in = Files.newInputStream(file)) {
            return readAll(in, most);
        }
    }

    private static byte[] readSized(InputStream in, int size) throws IOException {
        byte[] content = new byte[size];
        int length = in.readNBytes(content, 0, size);
        if (length == size && in.read() >= 0) {
            throw new UnusableFileException("grew while it was read");
        }
        return length == size ? content : Arrays.copyOf(content, length);
    }

    private static byte[] readAll(InputStream in, long most) throws IOException {
        byte[] content = in.readNBytes((int) Math.min(most + 1, LARGEST_ARRAY));
        if (content.length > most) {
            throw new UnusableFileException("has more than " + most + " bytes, which is the most that can be used");
        }
        return content;
    }

    /// What is wrong with a file, as the end of a sentence that begins with its name.
    public static String reason(IOException failure) {
        return switch (failure) {
            case UnusableFileException e -> String.valueOf(e.getMessage());
            case NoSuchFileException _ -> FileKind.NOTHING.words();
            case AccessDeniedException _ -> "cannot be read: permission denied";
            case CharacterCodingException _ -> "is not text in UTF-8";
            default -> "cannot be read: " + failure.getMessage();
        };
    }
}
