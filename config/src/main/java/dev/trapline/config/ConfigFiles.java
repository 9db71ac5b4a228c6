package dev.trapline.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import dev.trapline.abi.file.BoundedFile;
import dev.trapline.abi.file.FileKind;
import dev.trapline.abi.file.Waiting;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Reads a configuration file and the files that it includes. They must be regular files, few and small. Each is opened
/// once, and the HOCON library gets its text.
///
/// The user has named the first file, so messages about it quote its text. An included file may be any file that the
/// user can read, so messages about it give the position, but never its text.
final class ConfigFiles {

    /// The largest size of all files together, in bytes.
    private static final long MOST_BYTES = 256 << 10;
    /// How much of a file that is too large is examined, for the message.
    private static final long MOST_READ = 16 << 20;

    private static final int MOST_FILES = 64;
    private static final int MOST_INCLUDES = 100;
    private static final int DEEPEST = 16;

    private final Waiting waiting;
    private final List<Path> open = new ArrayList<>();
    private final HoconText.Counts counts = new HoconText.Counts();
    private final IncludedNames names = new IncludedNames();
    private int files;
    private int includes;
    private long bytes;

    /// An `include` statement.
    ///
    /// @param where `machine.conf:12`
    /// @param what the included name, or other words if a message must not quote it
    /// @param mayBeMissing whether a missing file is ignored
    record Include(String where, String what, boolean mayBeMissing) {
        private Subject subject() {
            return new Subject(where, "includes " + what + ", which ");
        }
    }

    /// A file in a message.
    ///
    /// @param origin where the file is named
    /// @param begin the beginning of a sentence that ends with the error
    private record Subject(String origin, String begin) {
        private ConfigException refused(String end) {
            return new ConfigException(origin, "", begin + end);
        }
    }

    /// @param waiting how to wait for the content of a pipe
    ConfigFiles(Waiting waiting) {
        this.waiting = waiting;
    }

    /// Reads the first file.
    ///
    /// @param name the file's name in messages
    /// @throws ConfigException if it cannot be read, or is not a configuration
    Config readFirst(Path file, String name) {
        Subject subject = new Subject(name, "");
        boolean pipe;
        try {
            pipe = BoundedFile.isOpenPipe(file);
            if (FileKind.of(file) != FileKind.NOTHING) {
                // An open pipe has no path of its own.
                open.add(pipe ? file : file.toRealPath());
            }
        } catch (IOException e) {
            throw subject.refused(BoundedFile.reason(e));
        }
        String text;
        try {
            text = text(file);
        } catch (IOException e) {
            String reason = BoundedFile.reason(e);
            throw subject.refused(reason.equals(FileKind.NOTHING.words()) ? "no such file" : reason);
        }
        // Paths in a pipe are relative to the working directory, because a pipe has no directory.
        Path beside = pipe ? Path.of("here") : file;
        return parse(
                text,
                subject,
                pipe ? Origins.pipe(file) : Origins.named(file),
                new FileIncluder(this, beside, file.toString(), text, false));
    }

    /// Reads a file that another one includes.
    Config include(Path file, Include by) {
        includes++;
        if (includes > MOST_INCLUDES) {
            throw new ConfigException(
                    by.where(), "", "is one include too many: a configuration has at most " + MOST_INCLUDES);
        }
        try {
            FileKind kind = FileKind.of(file);
            if (by.mayBeMissing() && kind == FileKind.NOTHING) {
                return ConfigFactory.empty();
            }
            // An open pipe has no path of its own.
            boolean hasPath = kind != FileKind.NOTHING && !BoundedFile.isOpenPipe(file);
            Path real = hasPath ? file.toRealPath() : file;
            if (open.contains(real)) {
                throw new ConfigException(
                        by.where(),
                        "",
                        "includes " + file + ", which is already being read: they would include each other forever");
            }
            if (open.size() >= DEEPEST) {
                throw new ConfigException(by.where(), "", "includes more than " + DEEPEST + " deep");
            }
            open.add(real);
            try {
                String text = text(file);
                Config included = parse(
                        text,
                        by.subject(),
                        Origins.included(file),
                        new FileIncluder(this, file, file.toString(), text, true));
                names.add(included);
                return included;
            } finally {
                open.removeLast();
            }
        } catch (IOException e) {
            throw by.subject().refused(BoundedFile.reason(e));
        }
    }

    /// Whether any file was included.
    boolean hasIncluded() {
        return files > 1;
    }

    /// The included text that was read so far.
    IncludedNames names() {
        return names;
    }

    private Config parse(String text, Subject subject, String origin, FileIncluder includer) {
        HoconText.check(text, includer.name(), counts);
        files++;
        bytes += text.length();
        if (files > MOST_FILES || bytes > MOST_BYTES) {
            throw subject.refused(
                    files > MOST_FILES
                            ? "is one file too many: a configuration has at most " + MOST_FILES
                            : "is too large: all files of a configuration have at most " + MOST_BYTES + " bytes");
        }
        ConfigParseOptions options = ConfigParseOptions.defaults()
                .setAllowMissing(false)
                .setSyntax(ConfigSyntax.CONF)
                .setOriginDescription(origin)
                .setIncluder(includer);
        try {
            return ConfigFactory.parseString(text, options);
        } catch (com.typesafe.config.ConfigException e) {
            throw new ConfigException(List.of(
                    includer.isIncluded()
                            ? LibraryErrors.ofIncluded(e, subject.origin())
                            : LibraryErrors.ofParsing(e, subject.origin(), text)));
        } catch (StackOverflowError e) {
            throw subject.refused("is nested too deep");
        }
    }

    private String text(Path file) throws IOException {
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(BoundedFile.readGiven(file, MOST_READ, waiting)))
                .toString();
    }
}
