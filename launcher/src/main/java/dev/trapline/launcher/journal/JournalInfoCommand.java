package dev.trapline.launcher.journal;

import dev.trapline.abi.NetworkKind;
import dev.trapline.abi.Visible;
import dev.trapline.abi.engine.EngineException;
import dev.trapline.abi.history.RecordingDamagedException;
import dev.trapline.abi.history.RecordingHeader;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.abi.machine.NetworkSpec;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.recording.Survey;
import dev.trapline.launcher.options.RecordingOptions;
import dev.trapline.launcher.options.Version;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.Json;
import dev.trapline.launcher.output.JsonObject;
import dev.trapline.launcher.output.Terminal;
import dev.trapline.launcher.process.Action;
import dev.trapline.launcher.process.Engines;
import dev.trapline.launcher.process.Failures;
import dev.trapline.launcher.recording.CheckpointKeyFile;
import dev.trapline.launcher.recording.RecordedWith;
import dev.trapline.launcher.recording.RecordingPath;
import dev.trapline.launcher.recording.WatchedReader;
import dev.trapline.timeline.checkpoint.CheckpointSummary;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `trapline journal info`.
@Command(
        name = "info",
        description = {
            "Describes a recording: which program made it, the machine, the size of each kind of record, its "
                    + "durability, whether it reaches the end of the run, and its checkpoints.",
            ""
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {"  trapline journal info rec", "  trapline journal info rec --format json"},
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:the description was printed",
            "2:the command line is wrong, or there is no recording that this version reads",
            "7:the recording is damaged: the part before the damage was described; or standard output cannot be "
                    + "written"
        })
final class JournalInfoCommand implements Action {

    private final Terminal terminal;

    @Mixin
    private final RecordingOptions options = new RecordingOptions();

    JournalInfoCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public @Nullable Path resultFile() {
        return null;
    }

    @Override
    public Ending perform() {
        // The images themselves are not needed: the header has their hashes.
        try (WatchedReader reader = RecordingPath.open(terminal, options.directory(), OpenOptions.IGNORE_IMAGE_HASH)) {
            RecordedWith.tellNotice(reader, terminal.err());
            Survey survey = Survey.of(reader);
            reader.watch().pause();
            JsonObject facts = facts(reader, survey);
            terminal.print(
                    options.isJson()
                            ? JsonObject.document("recording").withAll(facts).line()
                            : text(facts));
            RecordingDamagedException damage = survey.damage();
            return damage == null ? Ending.DONE : Failures.ofRecording(damage);
        }
    }

    private JsonObject facts(RecordingReader reader, Survey survey) {
        RecordingHeader header = reader.header();
        MachineSpec spec = header.spec();
        JsonObject kinds = new JsonObject();
        survey.kinds()
                .forEach((kind, share) -> kinds.with(
                        kind.id(),
                        new JsonObject().with("records", share.records()).with("bytes", share.bytes())));
        JsonObject facts = new JsonObject()
                .with("recordingId", header.recordingId())
                .with("createdBy", header.createdBy())
                .with(
                        "library",
                        new JsonObject()
                                .with("name", header.library().name())
                                .with("version", header.library().version()))
                .with("cpus", spec.cpus().count())
                .with("cpuModel", spec.cpus().model().id())
                .with("width", spec.cpus().width().id())
                .with("board", spec.board().kind().id());
        NetworkSpec network = spec.board().network();
        if (network.kind() != NetworkKind.NONE) {
            facts.with(
                    "network",
                    new JsonObject()
                            .with("kind", network.kind().id())
                            .with("macAddress", network.mac().toString()));
        }
        return facts.with("ramBytes", spec.board().ramBytes())
                .with("schedule", spec.schedule().kind().id())
                .with("seed", Json.hex(spec.schedule().seed()))
                .with("services", services(header))
                .with("images", images(header))
                .with("devices", devices(header))
                .with("durability", reader.durability())
                .with("complete", survey.complete())
                .with("segments", survey.segments())
                .with("slices", survey.slices())
                .with("records", survey.records())
                .with("bytes", survey.bytes())
                .with("checkpoints", checkpoints(reader))
                .with("kinds", kinds);
    }

    private static List<JsonObject> services(RecordingHeader header) {
        return header.services().stream()
                .map(service -> new JsonObject().with("service", service.name()).with("version", service.version()))
                .toList();
    }

    private static List<JsonObject> devices(RecordingHeader header) {
        return header.devices().stream()
                .map(device -> new JsonObject()
                        .with("device", device.name())
                        .with("version", device.version())
                        .with("address", Json.hex(device.base()))
                        .with("bytes", device.size()))
                .toList();
    }

    private static List<JsonObject> images(RecordingHeader header) {
        return header.images().stream()
                .map(image -> new JsonObject()
                        .with("image", image.name())
                        .with("sha256", image.sha256())
                        .with("bytes", image.size()))
                .toList();
    }

    /// The checkpoints of the recording, and whether a replay on this host would use them.
    private JsonObject checkpoints(RecordingReader reader) {
        CheckpointSummary summary = CheckpointSummary.of(options.directory(), CheckpointKeyFile.seal());
        JsonObject facts = new JsonObject()
                .with("count", summary == null ? 0 : summary.count())
                .with("bytes", summary == null ? 0 : summary.bytes());
        return summary == null
                ? facts
                : facts.with("lastSlice", summary.last())
                        .with("ofThisRecording", isOf(reader, summary))
                        .with("ofThisUser", summary.isSealed())
                        .withAny("ofThisLibrary", isOfLibrary(summary));
    }

    private static boolean isOf(RecordingReader reader, CheckpointSummary summary) {
        return reader.segmentCount() > 0
                && reader.segment(0).predecessor() == summary.key().recording();
    }

    private static @Nullable Boolean isOfLibrary(CheckpointSummary summary) {
        try {
            return summary.key().isOf(Engines.open(null, null).library());
        } catch (EngineException _) {
            // A recording can be examined on a host where no engine can run.
            return null;
        }
    }

    private static String text(JsonObject facts) {
        StringBuilder lines = new StringBuilder();
        facts.fields().forEach((name, value) -> {
            if (value instanceof JsonObject several && isTable(several)) {
                lines.append(name).append('\n');
                several.fields().forEach((kind, share) -> line(lines, "  " + kind, share));
            } else {
                line(lines, name, value);
            }
        });
        return lines.toString();
    }

    private static boolean isTable(JsonObject object) {
        return object.fields().values().stream().allMatch(value -> value instanceof JsonObject);
    }

    private static void line(StringBuilder lines, String name, Object value) {
        lines.append(String.format(Locale.ROOT, "%-14s %s%n", name, Visible.line(inline(value))));
    }

    private static String inline(Object value) {
        return switch (value) {
            case List<?> list -> list.stream().map(JournalInfoCommand::inline).collect(Collectors.joining(", "));
            case JsonObject object ->
                object.fields().entrySet().stream()
                        .map(field -> field.getKey() + " " + field.getValue())
                        .collect(Collectors.joining(" "));
            default -> value.toString();
        };
    }
}
