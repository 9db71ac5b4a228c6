package dev.trapline.config;

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

/// Implements `include` in a configuration: another file, relative to the including one. Nothing else can be included.
final class FileIncluder implements ConfigIncluder, ConfigIncluderFile, ConfigIncluderURL, ConfigIncluderClasspath {

    private final ConfigFiles files;
    private final Path beside;
    private final String name;
    private final String text;
    private final boolean included;

    /// @param beside a file in the directory to which file names are relative
    /// @param name the name of the including text, for messages
    /// @param text the including text
    /// @param included whether the text was included itself: then messages do not quote it
    FileIncluder(ConfigFiles files, Path beside, String name, String text, boolean included) {
        this.files = files;
        this.beside = beside;
        this.name = name;
        this.text = text;
        this.included = included;
    }

    /// The name of the including text in messages.
    String name() {
        return name;
    }

    boolean isIncluded() {
        return included;
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

    private ConfigObject included(ConfigIncludeContext context, String what) {
        Path path;
        try {
            path = beside.resolveSibling(what);
        } catch (InvalidPathException e) {
            throw new ConfigException(
                    origin(what), "", "includes " + shown(what) + ", which is not the name of a file");
        }
        boolean mayBeMissing = context.parseOptions().getAllowMissing();
        return files.include(path, new ConfigFiles.Include(origin(what), shown(what), mayBeMissing))
                .root();
    }

    private ConfigException refused(String what, String from) {
        return new ConfigException(
                origin(what),
                "",
                "includes " + shown(what) + " from " + from
                        + ": a configuration can include only files, as in include \"more.conf\"");
    }

    private String shown(String what) {
        return included ? "a file" : Shown.shortened(what);
    }

    /// The position of an `include`, which the library does not report.
    private String origin(String what) {
        int number = 0;
        for (String line : text.split("\n", -1)) {
            number++;
            if (line.contains("include") && line.contains(what)) {
                return name + ":" + number;
            }
        }
        return name;
    }
}
