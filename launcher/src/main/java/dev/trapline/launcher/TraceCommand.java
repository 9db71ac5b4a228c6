package dev.trapline.launcher;

import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.journal.HistoryEntry;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.RecordingReader;
import dev.trapline.journal.record.JournalRecord;
import dev.trapline.journal.record.JournalRecord.Answer;
import dev.trapline.journal.record.JournalRecord.Slice;
import dev.trapline.vcpu.trace.HypercallText;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `trapline trace`.
@Command(
        name = "trace",
        description = {
            "Prints a recording's hypercalls, one line each.",
            "",
            "A line says: slice, virtual time in seconds at its beginning, vCPU, conduit, the call with its arguments,"
                    + " its result, who answered it and how, and what else it did.",
            ""
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  trapline trace rec",
            "  trapline trace rec --cpu 1 --cpu 2 --function PSCI_CPU_ON",
            "  trapline trace rec --function 0xC6001000 --format json"
        },
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:all was printed",
            "2:the command line is wrong, or there is no recording that this version reads",
            "7:the recording is damaged: what comes before the damage was printed; or standard output or the result"
                    + " file cannot be written"
        })
final class TraceCommand implements Action {

    /// How a trace is written.
    enum Format {
        text,
        json
    }

    private final Terminal terminal;
    private final List<Integer> cpus = new ArrayList<>();
    private final List<String> functions = new ArrayList<>();
    private Path recording = Path.of("");
    private Format format = Format.text;

    @Mixin
    private final PluginOption plugin = new PluginOption();

    TraceCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Parameters(paramLabel = "DIR", description = "The recording.")
    void recording(@Nullable Path directory) {
        recording = directory == null ? Path.of("") : directory;
    }

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            order = 1,
            description = "${COMPLETION-CANDIDATES} (default text; json is one object a line).")
    void format(@Nullable Format value) {
        format = value == null ? Format.text : value;
    }

    @Option(names = "--cpu", paramLabel = "N", order = 2, description = "Only this vCPU. May be given more than once.")
    void cpus(@Nullable List<Integer> values) {
        cpus.clear();
        if (values != null) {
            cpus.addAll(values);
        }
    }

    @Option(
            names = "--function",
            paramLabel = "NAME",
            order = 3,
            description = "Only this function, by name or identifier. May be given more than once.")
    void functions(@Nullable List<String> values) {
        functions.clear();
        if (values != null) {
            functions.addAll(values);
        }
    }

    @Override
    public @Nullable Path resultFile() {
        return null;
    }

    @Override
    public Ending perform() {
        List<ServiceDescriptor> services = Services.load(plugin.plugins()).descriptors();
        HypercallText text = new HypercallText(services);
        TraceLines lines = switch (format) {
            case text -> new TraceLines.Text(text);
            case json -> new TraceLines.Objects(text);
        };
        // The images do not matter here: a recording may be traced whatever became of them.
        try (WatchedReader reader = RecordingPath.open(terminal, recording, OpenOptions.IGNORE_IMAGE_HASH)) {
            TraceFilter filter = TraceFilter.of(cpus, functions, reader.header().spec(), services);
            ReplayCommand.tellNotice(reader, terminal.err());
            long hidden = print(reader, filter, text, lines, new BufferedOutputStream(terminal.out()));
            if (hidden > 0) {
                terminal.err()
                        .println("trapline: --cpu and --function leave none of the recording's "
                                + Figures.count(hidden, "hypercall") + filter.nearestKnown(services));
            }
        } catch (IOException _) {
            // The terminal remembers that it cannot be written, and says so: there is no use in going on.
        }
        return Ending.DONE;
    }

    private static void print(OutputStream out, String line) throws IOException {
        out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /// @return how many calls there are, if none of them was shown; otherwise 0
    private static long print(
            RecordingReader reader, TraceFilter filter, HypercallText text, TraceLines lines, OutputStream out)
            throws IOException {
        long cutSliceCost = reader.header().spec().cutSliceCost();
        Iterator<HistoryEntry> entries = reader.entries();
        long time = 0;
        long begin = 0;
        Slice caller = null;
        long calls = 0;
        long shown = 0;
        try {
            while (entries.hasNext()) {
                HistoryEntry entry = entries.next();
                if (TraceLines.isHappening(entry.record()) && filter.shows(entry.record())) {
                    print(out, lines.line(new TraceLines.Happening(entry.position(), time, entry.record())));
                }
                if (entry.record() instanceof Slice slice) {
                    caller = slice;
                    begin = time;
                    time += slice.cost(cutSliceCost);
                } else if (entry.record() instanceof JournalRecord.Idle(long until)) {
                    time = until;
                } else if (entry.record() instanceof Answer answer
                        && caller != null
                        && caller.exit() instanceof HypercallExit exit) {
                    calls++;
                    if (!filter.shows(caller.vcpu(), exit, text.name(exit))) {
                        continue;
                    }
                    shown++;
                    print(out, lines.line(new TraceLines.Call(entry.position(), begin, caller.vcpu(), exit, answer)));
                }
            }
        } finally {
            out.flush();
        }
        return shown == 0 ? calls : 0;
    }
}
