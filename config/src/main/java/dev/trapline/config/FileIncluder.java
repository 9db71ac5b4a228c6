package dev.trapline.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderClasspath;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigIncluderURL;
import com.typesafe.config.ConfigObject;
import java.io.File;
import java.net.URL;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/// What `include` means in a configuration: another file, relative to the one that it stands in. Nothing is fetched
/// from anywhere else.
final class FileIncluder implements ConfigIncluder, ConfigIncluderFile, ConfigIncluderURL, ConfigIncluderClasspath {

    private final ConfigFiles files;
    private final Path file;
    private final String text;

    /// @param file that includes
    /// @param text what it holds
    FileIncluder(ConfigFiles files, Path file, String text) {
        this.files = files;
        this.file = file;
        this.text = text;
    }

    @Override
    public ConfigIncluder withFallback(ConfigIncluder other) {
        return this;
    }

    @Override
    public ConfigObject include(ConfigIncludeContext context, String what) {
        if (what.matches("(?s)[A-Za-z][A-Za-z0-9+.-]*:.*")) {
            throw refused(what, "a URL");
        }
        return included(context, what);
    }

    @Override
    public ConfigObject includeFile(ConfigIncludeContext context, File what) {
        return included(context, what.getPath());
    }

    @Override
    public ConfigObject includeURL(ConfigIncludeContext context, URL what) {
        throw refused(what.toString(), "a URL");
    }

    @Override
    public ConfigObject includeResources(ConfigIncludeContext context, String what) {
        throw refused(what, "the class path");
    }

    /// Within a section the library looks for what a substitution names in that section first, under another path
    /// than it is written with: what is checked of substitutions would not hold for it.
    private ConfigObject included(ConfigIncludeContext context, String what) {
        Path path;
        try {
            path = file.resolveSibling(what);
        } catch (InvalidPathException e) {
            throw new ConfigException(
                    origin(what), "", "includes " + Shown.shortened(what) + ", which is not the name of a file");
        }
        Config included =
                files.include(path, origin(what), context.parseOptions().getAllowMissing());
        if (!included.isResolved()) {
            throw new ConfigException(
                    origin(what),
                    "",
                    "includes " + Shown.shortened(what)
                            + ", which has substitutions (${...}): write them in the file that includes it");
        }
        return included.root();
    }

    private ConfigException refused(String what, String from) {
        return new ConfigException(
                origin(what),
                "",
                "includes " + Shown.shortened(what) + " from " + from
                        + ": a configuration includes files alone, as in include \"more.conf\"");
    }

    /// Where an include is written: the library does not say.
    private String origin(String what) {
        int number = 0;
        for (String line : text.split("\n", -1)) {
            number++;
            if (line.contains("include") && line.contains(what)) {
                return file + ":" + number;
            }
        }
        return file.toString();
    }
}
