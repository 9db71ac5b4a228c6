package dev.trapline.launcher.output;

import dev.trapline.abi.file.BoundedFile;
import dev.trapline.abi.file.BoundedFile.Links;
import dev.trapline.abi.file.FileKind;
import dev.trapline.abi.file.WriteFailure;
import dev.trapline.abi.history.StoredHistory;
import dev.trapline.board.memory.FlashWrites;
import dev.trapline.config.PlannedText;
import dev.trapline.journal.file.Disk;
import dev.trapline.machine.RunReport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The outcome of a run, as a JSON object on one line. It is written for `--result`, and into the directory of each
/// recording.
///
/// `status` and `kind` are those of the last line on standard error. Registers and digests are text in hexadecimal.
public final class ResultFile {

    /// The file's name in a recording's directory. It is not part of the history: a recording without it can be
    /// replayed.
    public static final String IN_RECORDING = "result.json";

    /// More bytes than any result has.
    private static final long MOST_BYTES = 1 << 20;

    /// Files that the process has open, and devices that can be written. `/dev/full` fails like a full disk.
    private static final String DEVICES =
            "/dev/(null|full|tty|stdout|stderr|fd/[0-9]+)|/proc/(self|[0-9]+)/fd/[0-9]+|/dev/pts/[0-9]+";

    private static final Pattern HOST_NANOS = Pattern.compile("\"hostNanos\":([0-9]+)");

    private ResultFile() {}

    /// Checks before the run that a result can be written, so that none is lost. If the file does not exist, it is
    /// created, and stays empty until the end.
    ///
    /// @param file null if none is wanted
    /// @throws CommandException if it cannot be written
    public static void requireWritable(@Nullable Path file) {
        if (file == null) {
            return;
        }
        try {
            FileKind kind = FileKind.of(file);
            if (kind == FileKind.NOTHING) {
                requirePlace(file);
                Files.createFile(file);
            } else if (kind != FileKind.REGULAR && !isTakenAnyway(file, kind)) {
                throw CommandException.usage("--result " + file + " " + kind.words() + ": give a file");
            } else if (!Files.isWritable(file)) {
                throw new AccessDeniedException(file.toString());
            }
        } catch (IOException e) {
            throw CommandException.usage(
                    "--result " + file + " cannot be written (" + WriteFailure.reason(e)
                            + "): give a file in a directory that exists and can be written",
                    e);
        }
    }

    /// Whether a file is a device that can take a result, or was opened by the shell.
    private static boolean isTakenAnyway(Path file, FileKind kind) throws IOException {
        return BoundedFile.isOpenPipe(file)
                || (kind == FileKind.DEVICE && file.toString().matches(DEVICES));
    }

    private static void requirePlace(Path file) throws IOException {
        Path parent = file.toAbsolutePath().getParent();
        String why = null;
        if (Files.isSymbolicLink(file)) {
            why = "is a link to " + Files.readSymbolicLink(file) + ", which does not exist";
        } else if (parent != null && !Files.isDirectory(parent)) {
            why = "cannot be written (there is no directory " + (file.getParent() == null ? parent : file.getParent())
                    + ")";
        }
        if (why != null) {
            throw CommandException.usage(
                    "--result " + file + " " + why + ": give a file in a directory that exists and can be written");
        }
    }

    /// Writes the outcome into the recording's directory, readable for those who may read the recording.
    public static void writeInto(Path recording, JsonObject result) throws IOException {
        Disk.write(recording.resolve(IN_RECORDING), result.line());
    }

    /// Writes the outcome of a command.
    public static void write(Path file, JsonObject result) throws IOException {
        Files.writeString(file, result.line());
    }

    /// The host time that the recorded run took, in nanoseconds; empty if it is not known.
    public static OptionalLong hostNanos(Path recording) {
        try {
            Matcher matcher = HOST_NANOS.matcher(read(recording));
            return matcher.find() ? OptionalLong.of(Long.parseLong(matcher.group(1))) : OptionalLong.empty();
        } catch (IOException | NumberFormatException _) {
            return OptionalLong.empty();
        }
    }

    /// The outcome of the recorded run, in the words of its last line. It is only for display: it is not part of
    /// the history, and it is not verified.
    ///
    /// @param segments the number of segments of the recording: a result with this number belongs to this run
    /// @return null if it is not known
    public static @Nullable String lastLine(Path recording, long segments) {
        try {
            Map<String, String> fields = Json.fields(read(recording));
            return Long.toString(segments).equals(fields.get("segments"))
                    ? "exit " + fields.get("status") + ", " + fields.get("kind") + ": " + fields.get("message")
                    : null;
        } catch (IOException _) {
            return null;
        }
    }

    private static String read(Path recording) throws IOException {
        return new String(
                BoundedFile.read(recording.resolve(IN_RECORDING), MOST_BYTES, Links.REFUSED), StandardCharsets.UTF_8);
    }

    /// The outcome of a command, as a document.
    ///
    /// @param report the run's report; null if there was no run
    public static JsonObject json(Ending ending, @Nullable RunReport report) {
        JsonObject document = JsonObject.document("result")
                .with("status", ending.status())
                .with("kind", ending.kind())
                .with("message", ending.message());
        return report == null ? document : document.withAll(json(report));
    }

    /// Planned inputs that never happened, and guest writes and frames that had no effect.
    private static void describeLeftovers(RunReport report, JsonObject fields) {
        RunReport.Unused unused = report.unused();
        if (!unused.injections().isEmpty() || unused.scriptBytes() > 0) {
            fields.with(
                    "unused",
                    new JsonObject()
                            .with(
                                    "injections",
                                    unused.injections().stream()
                                            .map(PlannedText::option)
                                            .toList())
                            .with("scriptBytes", unused.scriptBytes()));
        }
        if (!unused.faults().isEmpty()) {
            fields.with(
                    "faults",
                    unused.faults().stream()
                            .map(fault -> new JsonObject()
                                    .with("name", fault.rule().name())
                                    .with("declared", fault.rule().origin())
                                    .with("met", fault.met())
                                    .with("fired", fault.fired()))
                            .toList());
        }
        FlashWrites.Summary flash = report.flashWrites();
        if (flash.count() > 0) {
            fields.with(
                    "flashWrites",
                    new JsonObject()
                            .with("count", flash.count())
                            .with("address", Json.hex(flash.firstAddress()))
                            .with("pc", Json.hex(flash.firstPc())));
        }
        if (!report.troubles().isEmpty()) {
            fields.with("deviceTroubles", report.troubles());
        }
        RunReport.DroppedFrames frames = report.droppedFrames();
        if (frames.any()) {
            fields.with(
                    "droppedFrames",
                    new JsonObject()
                            .with("sent", frames.sent())
                            .with("received", frames.received())
                            .with("onTheWay", frames.onTheWay()));
        }
    }

    private static JsonObject json(RunReport report) {
        JsonObject fields = new JsonObject()
                .with("outcome", OutcomeJson.of(report.outcome()))
                .with("position", Positions.json(report.position()))
                .with("ticks", report.progress().virtualTime())
                .with("slices", report.progress().slices())
                .with("hypercalls", report.progress().hypercalls())
                .with("instructions", report.instructions())
                .with("registerDigest", Json.hex(report.registerDigest()))
                .with("memoryDigest", Json.hex(report.memoryDigest()))
                .with("consoleBytes", report.consoleBytes())
                .with("consoleDigest", Json.hex(report.consoleDigest()))
                .with("hostNanos", report.hostNanos());
        describeLeftovers(report, fields);
        RunReport.Breakage breakage = report.breakage();
        if (breakage != null) {
            fields.with("lastEvents", breakage.lastEvents());
            fields.withAny(
                    "stackTrace",
                    breakage.trace().isEmpty() ? null : breakage.trace().lines().toList());
        }
        StoredHistory stored = report.stored();
        return stored == null
                ? fields
                : fields.with("durability", stored.durability().id())
                        .with("segments", stored.segments())
                        .with("durableSegments", stored.durable());
    }
}
