package dev.trapline.abi.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/// Reads files that are not trusted yet: only regular files, and at most as many bytes as the caller can use. Another
/// kind of file is not even opened, because opening a device can have effects. The file may be replaced after that
/// check. So it is opened without blocking (a pipe would wait for a writer), checked again, and read through the open
/// descriptor. On systems other than Linux, only the first check is made.
public final class BoundedFile {

    /// How a symbolic link is treated.
    public enum Links {
        /// The user named the file, so a link is followed.
        FOLLOWED,
        /// A stranger may have made the link, and it could lead to any file, so it is refused.
        REFUSED
    }

    /// Names of files that the process has already open, which a shell provides: `<(command)`, `/dev/stdin`.
    private static final String OPEN_ALREADY = "/dev/stdin|/dev/fd/[0-9]+|/proc/self/fd/[0-9]+";

    private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

    private BoundedFile() {}

    /// Opens a regular file to read.
    ///
    /// @throws UnusableFileException if it is of another kind
    public static FileChannel open(Path file, Links links) throws IOException {
        requireRegular(file, links);
        if (Descriptor.isKnown(file)) {
            try (Descriptor opened = Descriptor.open(file, links, false)) {
                return channel(opened, StandardOpenOption.READ);
            }
        }
        return links == Links.REFUSED
                ? FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)
                : FileChannel.open(file, StandardOpenOption.READ);
    }

    /// Opens a regular file of a directory, or of a directory in it, to read. No link is followed on the way.
    ///
    /// @param directory that the user named
    /// @param file in it
    /// @throws UnusableFileException if it is of another kind, or cannot be reached without a link
    public static FileChannel openIn(Path directory, Path file) throws IOException {
        return openIn(directory, file, StandardOpenOption.READ);
    }

    /// Opens an existing regular file to read and write, as above.
    ///
    /// @throws UnusableFileException also if it has another name elsewhere: what is written would change it there
    public static FileChannel openToWriteIn(Path directory, Path file) throws IOException {
        return openIn(directory, file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    private static FileChannel openIn(Path directory, Path file, StandardOpenOption... options) throws IOException {
        requireRegular(file, Links.REFUSED);
        if (Descriptor.isKnown(file)) {
            return openUnseen(directory, file, options);
        }
        if (options.length > 1) {
            requireOneName(file);
        }
        return FileChannel.open(file, withoutLinks(options));
    }

    /// Checks that nothing has another name that a change of it would change, too. A file that is gone has none.
    ///
    /// @throws UnusableFileException if it has
    public static void requireOneName(Path file) throws IOException {
        try {
            boolean isCounted =
                    file.getFileSystem().supportedFileAttributeViews().contains("unix");
            if (isCounted && (Integer) Files.getAttribute(file, "unix:nlink") > 1) {
                throw new UnusableFileException("has another name elsewhere (a hard link), and what is written here"
                        + " would change it there: use a copy");
            }
        } catch (NoSuchFileException e) {
            // Somebody has just deleted it.
        }
    }

    /// As [#openIn] for a file that was not looked at before: it may be of any kind, and change at any time.
    static FileChannel openUnseen(Path directory, Path file, StandardOpenOption... options) throws IOException {
        Path way = directory.toAbsolutePath().relativize(file.toAbsolutePath());
        boolean toWrite = options.length > 1;
        Descriptor at = Descriptor.directory(directory);
        try {
            for (int n = 0; n < way.getNameCount() - 1; n++) {
                Descriptor next = at.directoryIn(way.getName(n));
                at.close();
                at = next;
            }
            try (Descriptor opened = at.fileIn(way.getFileName(), toWrite)) {
                return channel(opened, options);
            }
        } finally {
            at.close();
        }
    }

    private static OpenOption[] withoutLinks(StandardOpenOption... options) {
        OpenOption[] all = Arrays.copyOf(options, options.length + 1, OpenOption[].class);
        all[options.length] = LinkOption.NOFOLLOW_LINKS;
        return all;
    }

    /// An open file cannot be replaced any more, so this check is reliable.
    private static FileChannel channel(Descriptor opened, StandardOpenOption... options) throws IOException {
        FileKind kind = FileKind.of(opened.path());
        if (kind != FileKind.REGULAR) {
            throw unusable(kind);
        }
        if (options.length > 1) {
            requireOneName(opened.path());
        }
        return FileChannel.open(opened.path(), options);
    }

    /// Replaces the content of an existing file. The caller has checked who may read it.
    ///
    /// @throws UnusableFileException if it is a link, or of another kind
    public static void write(Path file, byte[] content) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        try (FileChannel channel = openToWriteIn(directory == null ? file : directory, file.toAbsolutePath())) {
            channel.truncate(0);
            ByteBuffer left = ByteBuffer.wrap(content);
            while (left.hasRemaining()) {
                channel.write(left);
            }
        }
    }

    /// Checks that there is a regular file.
    ///
    /// @throws UnusableFileException if there is something of another kind, or nothing
    public static void requireRegular(Path file, Links links) throws IOException {
        FileKind kind = kind(file, links);
        if (kind != FileKind.REGULAR) {
            throw unusable(kind);
        }
    }

    /// Checks that a file can be written at a path without touching another kind of file.
    ///
    /// @throws UnusableFileException if the path exists and is not a regular file
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
    /// @param most the largest size, in bytes
    /// @throws UnusableFileException if it has more, or is of another kind
    public static byte[] read(Path file, long most, Links links) throws IOException {
        return read(open(file, links), most);
    }

    /// The whole of a regular file of a directory, or of a directory in it: see [#openIn].
    ///
    /// @throws UnusableFileException as above
    public static byte[] readIn(Path directory, Path file, long most) throws IOException {
        return read(openIn(directory, file), most);
    }

    private static byte[] read(FileChannel opened, long most) throws IOException {
        try (FileChannel channel = opened) {
            long size = channel.size();
            if (size > most) {
                throw new UnusableFileException("has " + size + " bytes; at most " + most + " can be used");
            }
            InputStream in = Channels.newInputStream(channel);
            // Some files of the system report 0 bytes, but have more.
            return size == 0 ? readAll(in, most) : readSized(in, (int) Math.min(size, LARGEST_ARRAY));
        }
    }

    /// The whole of a file that the user named: a regular one, a link to one, or a pipe that the shell has opened.
    ///
    /// @param waiting how to wait for the content of a pipe
    /// @throws UnusableFileException as above
    public static byte[] readGiven(Path file, long most, Waiting waiting) throws IOException {
        return isOpenPipe(file)
                ? waiting.during("the pipe " + file, () -> readPipe(file, most))
                : read(file, most, Links.FOLLOWED);
    }

    private static byte[] readPipe(Path file, long most) throws IOException {
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

    /// The error of a file, as the end of a sentence that begins with its name.
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
