package dev.trapline.launcher.trace;

import dev.trapline.abi.Figures;
import dev.trapline.abi.Position;
import dev.trapline.abi.firmware.ServiceDescriptor;
import dev.trapline.journal.OpenOptions;
import dev.trapline.journal.RecordingReader;
import dev.trapline.launcher.options.FormatOption;
import dev.trapline.launcher.options.PluginOption;
import dev.trapline.launcher.options.PositionText;
import dev.trapline.launcher.options.Version;
import dev.trapline.launcher.output.CommandException;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.Terminal;
import dev.trapline.launcher.output.WholeLines;
import dev.trapline.launcher.process.Action;
import dev.trapline.launcher.process.Services;
import dev.trapline.launcher.recording.FollowedReader;
import dev.trapline.launcher.recording.RecordedWith;
import dev.trapline.launcher.recording.RecordingPath;
import dev.trapline.launcher.recording.WatchedReader;
import dev.trapline.machine.text.HypercallText;
import dev.trapline.timeline.HistoryWalk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
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
            "A line has the call's number, for 'replay --at hypercall#9'; its slice; the virtual time in "
                    + "seconds at the beginning of the slice; the vCPU, the conduit, the call with its "
                    + "arguments and its result; the service and the decision; and the call's other effects.",
            "",
            "--schedule prints slices instead: ordinal, virtual time at the beginning, vCPU, length in ticks of virtual"
                    + " time, executed instructions and the slice's budget, and why the slice ended. Each"
                    + " vCPU has a clock of its own, so a slice may begin earlier than one before it.",
            "",
            "--count prints a table: how often each function had each result, and the latencies, in ticks of virtual"
                    + " time from the call until its caller ran again. A second has 62,500,000 ticks.",
            ""
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  trapline trace rec",
            "  trapline trace rec --cpu 1 --cpu 2 --function PSCI_CPU_ON",
            "  trapline trace rec --function 0xC6001000 --format json",
            "  trapline trace rec --from hypercall#3 --to 1.5ms",
            "  trapline trace rec --schedule --cpu 1",
            "  trapline trace rec --count",
            "  trapline trace rec --follow"
        },
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:the trace was printed",
            "2:the command line is wrong, or there is no recording that this version reads",
            "7:the recording is damaged: the part before the damage was printed; or standard output or the result"
                    + " file cannot be written"
        })
public final class TraceCommand implements Action {

    private final Terminal terminal;
    private final List<Integer> cpus = new ArrayList<>();
    private final List<String> functions = new ArrayList<>();
    private Path recording = Path.of("");
    private boolean schedule;
    private boolean count;
    private boolean follow;
    private @Nullable String from;
    private @Nullable String to;

    @Mixin
    private final FormatOption format = new FormatOption();

    @Mixin
    private final PluginOption plugin = new PluginOption();

    public TraceCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Parameters(paramLabel = "DIR", description = "The recording.")
    void recording(@Nullable Path directory) {
        recording = directory == null ? Path.of("") : directory;
    }

    @Option(
            names = "--schedule",
            order = 1,
            description = "Print slices: which vCPU ran when, for how long, and why the slice ended.")
    void schedule(boolean given) {
        schedule = given;
    }

    @Option(names = "--count", order = 2, description = "Count calls by function and result, with their latencies.")
    void count(boolean given) {
        count = given;
    }

    @Option(
            names = "--follow",
            order = 3,
            description = "Follow a recording that is still being written, until the run ends, no process "
                    + "writes it any more, or Ctrl-C.")
    void follow(boolean given) {
        follow = given;
    }

    @Option(names = "--cpu", paramLabel = "N", order = 3, description = "Only this vCPU. May be repeated.")
    void cpus(@Nullable List<Integer> values) {
        cpus.clear();
        if (values != null) {
            cpus.addAll(values);
        }
    }

    @Option(
            names = "--function",
            paramLabel = "NAME",
            order = 4,
            description = "Only this function, by name or identifier; not with --schedule. May be repeated.")
    void functions(@Nullable List<String> values) {
        functions.clear();
        if (values != null) {
            functions.addAll(values);
        }
    }

    @Option(
            names = "--from",
            paramLabel = "POS",
            order = 5,
            description = "Begin at this position. POS is a slice (120), an instruction in a slice (120:17), a "
                    + "call (hypercall#9), or a virtual time (1.5ms).")
    void from(@Nullable String value) {
        from = value;
    }

    @Option(
            names = "--to",
            paramLabel = "POS",
            order = 6,
            description = "End at this position. If it is a call, that call is shown.")
    void to(@Nullable String value) {
        to = value;
    }

    @Override
    public @Nullable Path resultFile() {
        return null;
    }

    @Override
    public Ending perform() {
        if (schedule && count) {
            throw CommandException.usage("--schedule prints slices, and --count counts calls: use one or the other");
        }
        if (schedule && !functions.isEmpty()) {
            throw CommandException.usage(
                    "--function selects calls, and --schedule prints slices: use one or the other; --cpu works "
                            + "with both");
        }
        Services loaded = Services.load(plugin.plugins());
        List<ServiceDescriptor> services = loaded.descriptors();
        HypercallText text = new HypercallText(services);
        // A trace does not need the images, so they are not checked.
        try (WatchedReader reader = open()) {
            TraceFilter filter = TraceFilter.of(cpus, functions, reader.header().spec(), services);
            RecordedWith.warnOfPlugins(reader.header(), loaded, terminal.err());
            RecordedWith.tellNotice(reader, terminal.err());
            HistoryWalk walk = walk(reader);
            if (count) {
                tellIfNone(count(walk, reader, new CallCounts(text, filter)), filter, services);
            } else {
                tellIfNone(print(walk, reader, text, filter), filter, services);
            }
        } catch (IOException | UncheckedIOException _) {
            // The terminal remembers that it cannot be written, and reports it at the end.
        }
        return Ending.DONE;
    }

    private WatchedReader open() {
        return follow
                ? RecordingPath.follow(terminal, recording, OpenOptions.IGNORE_IMAGE_HASH)
                : RecordingPath.open(terminal, recording, OpenOptions.IGNORE_IMAGE_HASH);
    }

    private HistoryWalk walk(RecordingReader reader) {
        Position first = from == null
                ? Position.START
                : PositionText.parse("--from", from).find(reader);
        Position last = to == null ? null : PositionText.parse("--to", to).find(reader);
        if (last != null && first.compareTo(last) > 0) {
            throw CommandException.usage("--from comes after --to: " + first + ", and " + last);
        }
        return HistoryWalk.of(reader, first, last);
    }

    /// @return the number of calls, if none of them was counted; otherwise 0
    private long count(HistoryWalk walk, WatchedReader reader, CallCounts counts) {
        try {
            walk.forEachRemaining(counts::take);
        } finally {
            reader.watch().pause();
            terminal.print(format.isJson() ? counts.json() : counts.text());
        }
        return counts.isEmpty() ? counts.calls() : 0;
    }

    /// @return the number of calls, if calls were requested and none was printed; otherwise 0
    private long print(HistoryWalk walk, WatchedReader reader, HypercallText text, TraceFilter filter)
            throws IOException {
        TraceLines lines = format.isJson() ? new TraceLines.Documents(text) : new TraceLines.Text(text);
        WholeLines out = new WholeLines(terminal.out(), reader.watch());
        if (reader.reader() instanceof FollowedReader followed) {
            followed.beforeWaiting(() -> flush(out));
        }
        TracePrinter printer = new TracePrinter(text, filter, lines, schedule, out);
        try {
            while (walk.hasNext()) {
                printer.take(walk.next());
            }
        } finally {
            out.flush();
        }
        return schedule || printer.shown() > 0 ? 0 : printer.calls();
    }

    private static void flush(WholeLines out) {
        try {
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void tellIfNone(long hidden, TraceFilter filter, List<ServiceDescriptor> services) {
        if (hidden > 0) {
            terminal.err()
                    .println("trapline: --cpu and --function match none of the " + Figures.count(hidden, "hypercall")
                            + " there" + filter.nearestKnown(services));
        }
    }
}
