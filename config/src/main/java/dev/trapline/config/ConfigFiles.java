package dev.trapline.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import dev.trapline.abi.file.BoundedFile;
import dev.trapline.abi.file.FileKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Reads a configuration's file and those that it includes: regular files, few and small.
final class ConfigFiles {

    /// The most bytes of all files together.
    private static final long MOST_BYTES = 256 << 10;
    /// What is looked at of a file that is too large, to say what is wrong with it.
    private static final long MOST_READ = 16 << 20;

    private static final int MOST_FILES = 64;
    private static final int MOST_INCLUDES = 100;
    private static final int DEEPEST = 16;

    private final List<Path> open = new ArrayList<>();
    private int files;
    private int includes;
    private long bytes;

    /// Reads a file.
    ///
    /// @param name how messages call it
    /// @throws ConfigException if it cannot be read, or is none
    Config read(Path file, String name) {
        String text = text(file, name);
        HoconText.check(text, file.toString());
        files++;
        bytes += text.length();
        if (files > MOST_FILES || bytes > MOST_BYTES) {
            throw new ConfigException(
                    name,
                    "",
                    files > MOST_FILES
                            ? "is one file too many: a configuration has at most " + MOST_FILES
                            : "is too large: all files of a configuration have at most " + MOST_BYTES + " bytes");
        }
        ConfigParseOptions options = ConfigParseOptions.defaults()
                .setAllowMissing(false)
                .setSyntax(ConfigSyntax.CONF)
                .setIncluder(new FileIncluder(this, file, text));
        try {
            return isPipe(file)
                    ? ConfigFactory.parseString(text, options.setOriginDescription(file.toString()))
                    : ConfigFactory.parseFile(file.toFile(), options);
        } catch (com.typesafe.config.ConfigException e) {
            throw new ConfigException(List.of(ConfigLoader.syntax(e, name, text)));
        } catch (StackOverflowError e) {
            throw new ConfigException(name, "", "is nested too deep");
        }
    }

    private static boolean isPipe(Path file) {
        try {
            return BoundedFile.isOpenPipe(file);
        } catch (IOException e) {
            return false;
        }
    }

    private static String text(Path file, String name) {
        try {
            byte[] content = BoundedFile.readGiven(file, MOST_READ);
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString();
        } catch (IOException e) {
            String reason = BoundedFile.reason(e);
            throw new ConfigException(name, "", reason.equals(FileKind.NOTHING.words()) ? "no such file" : reason);
        }
    }

    /// Reads a file that another one includes.
    ///
    /// @param origin where the include is written
    /// @param mayBeMissing whether nothing is included if there is no such file
    Config include(Path file, String origin, boolean mayBeMissing) {
        includes++;
        if (includes > MOST_INCLUDES) {
            throw new ConfigException(
                    origin, "", "is one include too many: a configuration has at most " + MOST_INCLUDES);
        }
        try {
            if (mayBeMissing && FileKind.of(file) == FileKind.NOTHING) {
                return ConfigFactory.empty();
            }
            Path real = FileKind.of(file) == FileKind.NOTHING ? file : file.toRealPath();
            if (open.contains(real)) {
                throw new ConfigException(
                        origin,
                        "",
                        "includes " + file + ", which is being read: each would include the other for ever");
            }
            if (open.size() >= DEEPEST) {
                throw new ConfigException(origin, "", "includes more than " + DEEPEST + " deep");
            }
            open.add(real);
            try {
                return read(file, origin + ": included file " + file);
            } finally {
                open.removeLast();
            }
        } catch (IOException e) {
            throw new ConfigException(origin, "", "includes " + file + ", which " + BoundedFile.reason(e));
        }
    }

    /// Reads the file that all begins with.
    Config readFirst(Path file, String name) {
        try {
            if (FileKind.of(file) != FileKind.NOTHING) {
                // An open pipe has no path of its own.
                open.add(isPipe(file) ? file : file.toRealPath());
            }
        } catch (IOException e) {
            throw new ConfigException(name, "", BoundedFile.reason(e));
        }
        return read(file, name);
    }
}
