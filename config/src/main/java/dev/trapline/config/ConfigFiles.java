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

/// Reads a configuration's file and those that it includes: regular files, few and small. Each is opened once, and the
/// library gets its text.
///
/// The user has named the first file, and its errors repeat what is wrong in it. An included file may be anything that
/// the user can read: its errors say where, and nothing of its text.
final class ConfigFiles {

    /// The most bytes of all files together.
    private static final long MOST_BYTES = 256 << 10;
    /// What is looked at of a file that is too large, to say what is wrong with it.
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

    /// An include, as it is written.
    ///
    /// @param where `machine.conf:12`
    /// @param what the name in it, or other words where that may not be repeated
    /// @param mayBeMissing whether nothing is included if there is no such file
    record Include(String where, String what, boolean mayBeMissing) {
        private Subject subject() {
            return new Subject(where, "includes " + what + ", which ");
        }
    }

    /// A file in a message.
    ///
    /// @param origin where it is named
    /// @param begin of a sentence that ends with what is wrong with it
    private record Subject(String origin, String begin) {
        private ConfigException refused(String end) {
            return new ConfigException(origin, "", begin + end);
        }
    }

    /// @param waiting how one waits for what a pipe brings
    ConfigFiles(Waiting waiting) {
        this.waiting = waiting;
    }

    /// Reads the file that all begins with.
    ///
    /// @param name how messages call it
    /// @throws ConfigException if it cannot be read, or is none
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
        // What a pipe says is relative to where the command is: the pipe itself is nowhere.
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
                        "includes " + file + ", which is being read: each would include the other for ever");
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

    /// Whether some file was included.
    boolean hasIncluded() {
        return files > 1;
    }

    /// What was read of included files up to now.
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
