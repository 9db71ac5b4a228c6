package dev.trapline.launcher;

import dev.trapline.abi.engine.EngineFactory;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.config.LayeredConfig;
import dev.trapline.config.ReplaySettings;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.recording.Recordings;
import dev.trapline.journal.store.CheckpointStore;
import dev.trapline.vcpu.Playback;
import dev.trapline.vcpu.RunReport;
import dev.trapline.vcpu.Seeker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `trapline journal index`.
@Command(
        name = "index",
        description = {
            "Replays a recording to its end and leaves checkpoints beside it, so that later seeks start closer, and"
                    + " 'replay --jobs' has parts to divide. Begins at the last checkpoint that is there.",
            "",
            "Checkpoints are a cache, in the directory 'checkpoints' of the recording's: deleting it changes nothing.",
            ""
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  trapline journal index rec",
            "  trapline journal index rec --set replay.checkpoints.budget=1G --format json"
        },
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:there are checkpoints up to the recording's end",
            "2:the command line is wrong, there is no recording that this version reads, or no checkpoints can be kept",
            "4:the replay is not what the recording says: the message says where first",
            "7:the recording is damaged, or standard output or the result file cannot be written"
        })
final class JournalIndexCommand implements Action {

    private final Terminal terminal;
    private final List<Path> givenImages = new ArrayList<>();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    private final RecordingOptions options = new RecordingOptions();

    @Mixin
    private final CheckpointOptions checkpointOptions = new CheckpointOptions();

    @Mixin
    private final CommonOptions common = new CommonOptions();

    JournalIndexCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Option(
            names = "--image",
            paramLabel = "FILE",
            order = 2,
            description = "An image that the recording was exported without, found by its hash. May be given more than"
                    + " once.")
    void givenImages(@Nullable List<Path> files) {
        givenImages.clear();
        if (files != null) {
            givenImages.addAll(files);
        }
    }

    @Override
    public @Nullable Path resultFile() {
        return common.result();
    }

    @Override
    public Ending perform() {
        LayeredConfig layers = checkpointOptions.layers();
        ReplaySettings settings = layers.replay();
        WithoutEffect rules = WithoutEffect.of(spec).and(layers);
        CheckpointOptions.check(rules);
        rules.check(terminal.err());
        Services services = Services.load(common.plugins());
        OpenOptions open = OpenOptions.STRICT.withImages(givenImages).with(Databases.named(settings.database()));
        Checkpoints checkpoints = new Checkpoints(options.directory(), settings, true, terminal.err());
        EngineFactory engines;
        long slices;
        try (WatchedReader reader = RecordingPath.open(terminal, options.directory(), open)) {
            engines = Engines.open(common.library(), common.shortcuts());
            RecordedWith.warn(reader, engines.library(), services, terminal.err());
            slices = Place.slices(reader);
        }
        Playback playback =
                Playback.of(engines, Recordings.open(options.directory(), open), services.all(), (_, _) -> {});
        Watch watch = terminal.watch("indexing " + options.directory());
        try (CheckpointStore store = checkpoints.open(playback);
                Seeker seeker = checkpoints.seeker(playback, store, slice -> watch.at("slice", slice, slices))) {
            if (store == null || !store.isWritable()) {
                checkpoints.tellNotice(store);
                throw CommandException.usage("no checkpoints can be kept beside " + options.directory()
                        + ": the directory cannot be written, another process makes them, or they are off");
            }
            return index(checkpoints, seeker, store, slices, watch, open);
        } finally {
            watch.pause();
        }
    }

    private Ending index(
            Checkpoints checkpoints, Seeker seeker, CheckpointStore store, long slices, Watch watch, OpenOptions open) {
        List<Long> before = store.slices();
        if (!before.isEmpty()) {
            seeker.seek(before.getLast());
            checkpoints.tellOrigin(seeker);
        }
        RunOutcome outcome = seeker.playback().outcome();
        while (outcome == null) {
            seeker.playTo(Long.MAX_VALUE);
            outcome = seeker.playback().outcome();
        }
        watch.pause();
        checkpoints.tellTrouble(seeker, store);
        if (!ReplayCommand.isAsRecorded(outcome)) {
            explain(seeker.playback().report(), open);
            return ReplayCommand.ending(outcome);
        }
        tell(store, Math.max(0, store.slices().size() - before.size()), slices);
        if (!store.isWritable()) {
            throw CommandException.usage("checkpoints were not kept up to the end of " + options.directory()
                    + ": it cannot be written any more, or another process has begun to make them");
        }
        return new Ending(Ending.OK, "indexed", "checkpoints up to the end of " + options.directory());
    }

    private void explain(RunReport report, OpenOptions open) {
        try (RecordingReader reader = Recordings.open(options.directory(), open)) {
            Outcomes.explain(report, reader.header().spec(), reader.images(), terminal.err());
        }
    }

    private void tell(CheckpointStore store, int added, long slices) {
        if (options.isJson()) {
            terminal.print(JsonObject.document("checkpoints")
                    .with(
                            "checkpoints",
                            new JsonObject()
                                    .with("count", store.slices().size())
                                    .with("bytes", store.bytes()))
                    .with("added", added)
                    .with("slices", slices)
                    .line());
            return;
        }
        terminal.print(Figures.count(store.slices().size(), "checkpoint") + ", " + added + " of them new, "
                + Figures.count(store.bytes(), "byte") + ", over " + Figures.count(slices, "slice") + "\n");
    }
}
