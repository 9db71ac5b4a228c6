package dev.trapline.abi.file;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/// An open file descriptor of the system. Java waits for the other end when it opens a pipe, and follows all links of a
/// path. This class opens one name at a time, and never waits. The open file can then be checked, because it cannot be
/// replaced any more.
///
/// Source: open(2), openat(2), close(2), proc_pid_fd(5) of Linux.
final class Descriptor implements AutoCloseable {

    private static final Path OPEN_FILES = Path.of("/proc/self/fd");

    private static final int READ = 0;
    private static final int READ_AND_WRITE = 02;
    private static final int NO_TERMINAL = 0400;
    private static final int NO_WAIT = 04000;
    private static final int CLOSE_ON_EXEC = 02000000;
    /// These two are not the same on every processor.
    private static final int DIRECTORY = isArm() ? 040000 : 0200000;

    private static final int NO_LINK = isArm() ? 0100000 : 0400000;

    /// Relative to the directory that the process is in.
    private static final int HERE = -100;

    private static final int ENOENT = 2;
    private static final int EACCES = 13;
    private static final int ENOTDIR = 20;
    private static final int ELOOP = 40;

    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private static final @Nullable Calls CALLS = calls();

    private final Path name;
    private final int number;

    private Descriptor(Path name, int number) {
        this.name = name;
        this.number = number;
    }

    private record Calls(MethodHandle openat, MethodHandle close) {}

    /// Only Linux, on the two processors whose numbers are known, and with the file system that shows open files.
    @SuppressWarnings("restricted")
    private static @Nullable Calls calls() {
        boolean known = "Linux".equals(System.getProperty("os.name")) && (isArm() || isX86());
        if (!known || !Files.isDirectory(OPEN_FILES)) {
            return null;
        }
        try {
            Linker linker = Linker.nativeLinker();
            SymbolLookup library = linker.defaultLookup();
            // SAFETY: the signatures of POSIX; the mode of openat, which is for files that are made, is never given.
            MethodHandle openat = linker.downcallHandle(
                    library.findOrThrow("openat"),
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
                    Linker.Option.firstVariadicArg(3),
                    Linker.Option.captureCallState("errno"));
            MethodHandle close = linker.downcallHandle(
                    library.findOrThrow("close"), FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
            return new Calls(openat, close);
        } catch (IllegalCallerException | UnsupportedOperationException | NoSuchElementException e) {
            // Native access is forbidden, or there is none: files are opened as Java does it.
            return null;
        }
    }

    private static boolean isArm() {
        return "aarch64".equals(System.getProperty("os.arch"));
    }

    private static boolean isX86() {
        return "amd64".equals(System.getProperty("os.arch"));
    }

    /// Whether files can be opened in this way here.
    static boolean isKnown(Path file) {
        return CALLS != null && file.getFileSystem().equals(OPEN_FILES.getFileSystem());
    }

    /// Opens a file by its path.
    ///
    /// @param links how to treat a link at the end of the path; earlier links are followed
    static Descriptor open(Path file, BoundedFile.Links links, boolean toWrite) throws IOException {
        return open(HERE, file, flags(toWrite) | (links == BoundedFile.Links.REFUSED ? NO_LINK : 0));
    }

    /// Opens a directory that the user named.
    static Descriptor directory(Path directory) throws IOException {
        return open(HERE, directory, READ | DIRECTORY | CLOSE_ON_EXEC);
    }

    /// Opens a directory in this one, which is no link.
    Descriptor directoryIn(Path entry) throws IOException {
        return open(number, name.resolve(entry), READ | DIRECTORY | NO_LINK | CLOSE_ON_EXEC);
    }

    /// Opens a file in this directory, which is no link.
    Descriptor fileIn(Path entry, boolean toWrite) throws IOException {
        return open(number, name.resolve(entry), flags(toWrite) | NO_LINK);
    }

    private static int flags(boolean toWrite) {
        return (toWrite ? READ_AND_WRITE : READ) | NO_WAIT | NO_TERMINAL | CLOSE_ON_EXEC;
    }

    private static Descriptor open(int at, Path name, int flags) throws IOException {
        Calls calls = CALLS;
        if (calls == null) {
            throw new IllegalStateException("files cannot be opened in this way here");
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            // SAFETY: both segments live until the call is over; the text ends with a zero.
            int number = (int) calls.openat()
                    .invokeExact(state, at, text(arena, at == HERE ? bytes(name) : lastOf(bytes(name))), flags);
            if (number < 0) {
                throw failed(name, (int) ERRNO.get(state, 0L), flags);
            }
            return new Descriptor(name, number);
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static MemorySegment text(Arena arena, byte[] bytes) {
        MemorySegment text = arena.allocate(bytes.length + 1L);
        MemorySegment.copy(bytes, 0, text, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return text;
    }

    /// The bytes of a path as the system has them: only its URI shows them all, whatever the process's encoding can
    /// say.
    static byte[] bytes(Path path) {
        String uri = path.toAbsolutePath().toUri().getRawPath();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        // A directory's ends with a slash.
        int end = uri.length() > 1 && uri.endsWith("/") ? uri.length() - 1 : uri.length();
        for (int at = 0; at < end; at++) {
            if (uri.charAt(at) == '%') {
                bytes.write(HexFormat.fromHexDigits(uri, at + 1, at + 3));
                at += 2;
            } else {
                bytes.write(uri.charAt(at));
            }
        }
        return bytes.toByteArray();
    }

    private static byte[] lastOf(byte[] path) {
        int at = path.length;
        while (at > 0 && path[at - 1] != '/') {
            at--;
        }
        return Arrays.copyOfRange(path, at, path.length);
    }

    private static IOException failed(Path name, int error, int flags) {
        String file = name.toString();
        return switch (error) {
            case ENOENT -> new NoSuchFileException(file);
            case EACCES -> new AccessDeniedException(file);
            case ENOTDIR ->
                (flags & DIRECTORY) == 0
                        ? new NoSuchFileException(file)
                        : new UnusableFileException("cannot be reached: " + file + " is no directory");
            case ELOOP -> new UnusableFileException(FileKind.LINK.words() + ", and not a regular file");
            default -> new FileSystemException(file, null, "error " + error + " of the system");
        };
    }

    /// A name of the file that is open, whatever has become of the name that it was opened by.
    Path path() {
        return OPEN_FILES.resolve(Integer.toString(number));
    }

    @Override
    public void close() {
        Calls calls = CALLS;
        try {
            if (calls != null) {
                // SAFETY: the number is this object's own, and closed once.
                int ignored = (int) calls.close().invokeExact(number);
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
