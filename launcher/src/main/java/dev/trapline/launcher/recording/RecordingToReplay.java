package dev.trapline.launcher.recording;

import dev.trapline.config.LayeredConfig;
import dev.trapline.config.ReplaySettings;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.recording.Recordings;
import dev.trapline.launcher.options.CommonOptions;
import dev.trapline.launcher.options.ConfigOptions;
import dev.trapline.launcher.options.Databases;
import dev.trapline.launcher.options.ReplayRules;
import dev.trapline.launcher.options.WithoutEffect;
import dev.trapline.launcher.process.Services;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// The options of commands that replay a recording.
public final class RecordingToReplay {

    /// The help text about the configuration of such a command.
    public static final String KEYS = "It uses the configuration's sections replay and engine, the key "
            + "run.plugins, and for a recording in a database the section record.postgresql. Everything else "
            + "comes from the recording.";

    private final List<Path> images = new ArrayList<>();
    private Path directory = Path.of("");

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    @Mixin
    private final ConfigOptions config = new ConfigOptions();

    @Mixin
    private final CommonOptions common = new CommonOptions();

    @Parameters(index = "0", paramLabel = "DIR", description = "The recording.")
    void directory(@Nullable Path value) {
        directory = value == null ? Path.of("") : value;
    }

    @Option(
            names = "--image",
            paramLabel = "FILE",
            order = 2,
            description = "An image that the recording was exported without, matched by its hash. May be repeated.")
    void images(@Nullable List<Path> files) {
        images.clear();
        if (files != null) {
            images.addAll(files);
        }
    }

    @Nullable
    public Path result() {
        return common.result();
    }

    /// Reads the configuration, reports keys and options without effect, and loads the services.
    ///
    /// @param own adds the command's own rules
    /// @throws CommandException if there is no recording, or something on the command line has no effect
    public Replaying prepare(PrintWriter err, Consumer<WithoutEffect> own) {
        RecordingPath.require(directory);
        LayeredConfig layers = config.load(common.settings());
        ReplaySettings settings = layers.replay();
        WithoutEffect rules = WithoutEffect.of(command).and(layers);
        ReplayRules.add(rules, settings, directory, Recordings.isInDatabase(directory));
        own.accept(rules);
        rules.check(err);
        OpenOptions open = OpenOptions.STRICT.withImages(images).with(Databases.named(settings.database()));
        return new Replaying(directory, settings, Services.load(layers.plugins()), open);
    }
}
