package dev.trapline.launcher;

import dev.trapline.abi.engine.EngineException;
import dev.trapline.abi.machine.MachineSpec;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.RecordingDamagedException;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.record.RecordingHeader;
import dev.trapline.journal.recording.Survey;
import dev.trapline.journal.store.CheckpointSummary;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `trapline journal info`.
@Command(
        name = "info",
        description = {
            "Tells what a recording holds: who made it, of which machine, how large each kind of record is, how durably"
                    + " it was written, whether it reaches the end of the run, and which checkpoints are beside it.",
            ""
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {"  trapline journal info rec", "  trapline journal info rec --format json"},
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:all was told",
            "2:the command line is wrong, or there is no recording that this version reads",
            "7:the recording is damaged: what comes before the damage was told; or standard output cannot be written"
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
        // The images do not matter here: what they are to be is in the header.
        try (WatchedReader reader = RecordingPath.open(terminal, options.directory(), OpenOptions.IGNORE_IMAGE_HASH)) {
            ReplayCommand.tellNotice(reader, terminal.err());
            Survey survey = Survey.of(reader);
            reader.watch().pause();
            Map<String, Object> facts = facts(reader, survey);
            terminal.print(options.isJson() ? Json.of(facts) + "\n" : text(facts, ""));
            RecordingDamagedException damage = survey.damage();
            return damage == null ? Ending.DONE : Failures.ofRecording(damage);
        }
    }

    private Map<String, Object> facts(RecordingReader reader, Survey survey) {
        RecordingHeader header = reader.header();
        MachineSpec spec = header.spec();
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("recording", header.recordingId());
        facts.put("createdBy", header.createdBy());
        facts.put("library", header.library().name() + " " + header.library().version());
        facts.put("cpus", spec.vcpus());
        facts.put("cpuModel", spec.cpuModel().id());
        facts.put("width", spec.width().id());
        facts.put("ramBytes", spec.ramBytes());
        facts.put("schedule", spec.schedule().id());
        facts.put("seed", Json.hex(spec.seed()));
        facts.put(
                "services",
                header.services().stream()
                        .map(s -> s.name() + " " + s.version())
                        .toList());
        facts.put(
                "images",
                header.images().stream()
                        .map(i -> i.name() + " " + i.sha256() + " " + i.size())
                        .toList());
        facts.put("durability", reader.durability());
        facts.put("complete", survey.complete());
        facts.put("segments", survey.segments());
        facts.put("slices", survey.slices());
        facts.put("records", survey.records());
        facts.put("bytes", survey.bytes());
        facts.put("checkpoints", checkpoints(reader));
        Map<String, Object> kinds = new LinkedHashMap<>();
        Map<String, Object> sizes = new LinkedHashMap<>();
        survey.kinds().forEach((kind, share) -> {
            kinds.put(kind.id(), share.records());
            sizes.put(kind.id(), share.bytes());
        });
        facts.put("recordsByKind", kinds);
        facts.put("bytesByKind", sizes);
        return facts;
    }

    /// What there is beside the recording, and whether a replay here would use it.
    private Map<String, Object> checkpoints(RecordingReader reader) {
        Map<String, Object> facts = new LinkedHashMap<>();
        CheckpointSummary summary = CheckpointSummary.of(options.directory());
        facts.put("count", summary == null ? 0 : summary.count());
        facts.put("bytes", summary == null ? 0 : summary.bytes());
        if (summary != null) {
            facts.put("lastSlice", summary.last());
            facts.put("ofThisRecording", isOf(reader, summary));
            facts.put("ofThisLibrary", isOfLibrary(summary));
        }
        return facts;
    }

    private static boolean isOf(RecordingReader reader, CheckpointSummary summary) {
        return reader.segmentCount() > 0
                && reader.segment(0).predecessor() == summary.key().recording();
    }

    private static Object isOfLibrary(CheckpointSummary summary) {
        try {
            return summary.key().isOf(Engines.open(null, null).library());
        } catch (EngineException e) {
            // A recording can be looked at where nothing can be run.
            return "not known: there is no library here";
        }
    }

    private static String text(Map<?, ?> facts, String indent) {
        StringBuilder lines = new StringBuilder();
        facts.forEach((name, value) -> {
            lines.append(String.format(Locale.ROOT, "%s%-14s", indent, name));
            if (value instanceof Map<?, ?> several) {
                lines.append('\n').append(text(several, indent + "  "));
            } else {
                lines.append(' ').append(value).append('\n');
            }
        });
        return lines.toString();
    }
}
