package dev.trapline.launcher;

import dev.trapline.abi.file.BoundedFile;
import dev.trapline.abi.file.BoundedFile.Links;
import dev.trapline.abi.file.FileKind;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.ResetRequest;
import dev.trapline.abi.machine.RunOutcome;
import dev.trapline.journal.StoredHistory;
import dev.trapline.journal.store.Permissions;
import dev.trapline.vcpu.RunReport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// How a run ended, as a JSON object on one line: what `--result` asks for, and what lies beside each recording's
/// history.
///
/// `status` and `kind` are those of the last line on standard error. Registers and digests are text in hexadecimal.
final class ResultFile {

    /// Its name in a recording's directory. No part of the history: a recording without it replays as well.
    static final String IN_RECORDING = "result.json";

    /// More than a result ever has.
    private static final long MOST_BYTES = 1 << 20;

    private static final Pattern HOST_NANOS = Pattern.compile("\"hostNanos\":([0-9]+)");

    private ResultFile() {}

    /// Makes sure that a result can be written, before there is one to lose. A file that is not there yet is there
    /// afterwards, empty until the end.
    ///
    /// @param file null if none is asked for
    /// @throws CommandException if it cannot
    static void requireWritable(@Nullable Path file) {
        if (file == null) {
            return;
        }
        try {
            FileKind kind = FileKind.of(file);
            if (kind == FileKind.NOTHING) {
                Files.createFile(file);
            } else if (kind != FileKind.REGULAR && kind != FileKind.DEVICE && !BoundedFile.isOpenPipe(file)) {
                throw CommandException.usage("--result " + file + " " + kind.words() + ": give a file");
            } else if (!Files.isWritable(file)) {
                throw new AccessDeniedException(file.toString());
            }
        } catch (IOException e) {
            throw CommandException.usage(
                    "--result " + file + " cannot be written (" + e.getClass().getSimpleName()
                            + "): give a file in a directory that exists and can be written",
                    e);
        }
    }

    /// Leaves in a recording how its run ended, for those who may read the recording.
    static void writeInto(Path recording, Ending ending, RunReport report) throws IOException {
        Path file = recording.resolve(IN_RECORDING);
        BoundedFile.requireRegularOrNothing(file, Links.REFUSED);
        if (!Files.exists(file)) {
            Permissions.makeFile(file);
        }
        write(file, ending, report);
    }

    /// Writes how a command ended.
    ///
    /// @param report of the run; null if there was none
    static void write(Path file, Ending ending, @Nullable RunReport report) throws IOException {
        Map<String, Object> fields = fields(ending);
        if (report != null) {
            describe(report, fields);
        }
        Files.writeString(file, Json.of(fields) + "\n");
    }

    private static void describe(RunReport report, Map<String, Object> fields) {
        describe(report.outcome(), fields);
        fields.put("slices", report.progress().slices());
        fields.put("hypercalls", report.progress().hypercalls());
        fields.put("virtualTimeTicks", report.progress().virtualTime());
        fields.put("instructionsGranted", report.instructionsGranted());
        fields.put("registerDigest", Json.hex(report.registerDigest()));
        fields.put("memoryDigest", Json.hex(report.memoryDigest()));
        fields.put("consoleBytes", report.consoleBytes());
        fields.put("consoleDigest", Json.hex(report.consoleDigest()));
        fields.put("hostNanos", report.hostNanos());
        StoredHistory stored = report.stored();
        if (stored != null) {
            fields.put("durability", stored.durability().id());
            fields.put("segments", stored.segments());
            fields.put("durableSegments", stored.durable());
        }
    }

    /// How long the recording in a directory took to make, in nanoseconds; empty if that is not known.
    static OptionalLong hostNanos(Path recording) {
        try {
            Matcher matcher = HOST_NANOS.matcher(new String(
                    BoundedFile.read(recording.resolve(IN_RECORDING), MOST_BYTES, Links.REFUSED),
                    StandardCharsets.UTF_8));
            return matcher.find() ? OptionalLong.of(Long.parseLong(matcher.group(1))) : OptionalLong.empty();
        } catch (IOException | NumberFormatException _) {
            return OptionalLong.empty();
        }
    }

    private static Map<String, Object> fields(Ending ending) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("status", ending.status());
        fields.put("kind", ending.kind());
        fields.put("message", ending.message());
        return fields;
    }

    private static void describe(RunOutcome outcome, Map<String, Object> fields) {
        switch (outcome) {
            case RunOutcome.Exited(long status) -> fields.put("guestStatus", Json.hex(status));
            case RunOutcome.GuestFailed failure -> {
                fields.put("vcpu", failure.vcpu().index());
                fields.put("fault", failure.fault().kind().description());
                fields.put("pc", Json.hex(failure.registers().pc()));
                fields.put("address", Json.hex(failure.fault().address()));
            }
            case RunOutcome.LimitReached(RunOutcome.Limit limit) ->
                fields.put(
                        "limit",
                        switch (limit) {
                            case INSTRUCTIONS -> "max-instructions";
                            case TIMEOUT -> "timeout";
                        });
            case RunOutcome.Deadlock(var vcpus) ->
                fields.put(
                        "vcpus",
                        vcpus.stream().map(state -> state.description()).toList());
            case RunOutcome.Diverged(String report) -> fields.put("report", report);
            case RunOutcome.ServiceFailed failed -> fields.put("service", failed.service());
            case RunOutcome.HeldByService held -> fields.put("service", held.service());
            case RunOutcome.Broken broken -> fields.put("lastEvents", broken.lastEvents());
            case RunOutcome.ResetRequested(Effect.SystemReset.Reset kind, ResetRequest request) ->
                fields.put("reset", reset(kind, request));
            case RunOutcome.PoweredOff _,
                    RunOutcome.Hibernated _,
                    RunOutcome.Interrupted _,
                    RunOutcome.RecordingEnds _,
                    RunOutcome.StorageFailed _ -> {}
        }
    }

    /// What the reset that the guest asked for was: the call, what it does to memory, and what the guest said with
    /// it.
    private static Map<String, Object> reset(Effect.SystemReset.Reset kind, ResetRequest request) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put(
                "call",
                switch (request) {
                    case ResetRequest.Plain _ -> "SYSTEM_RESET";
                    case ResetRequest.Typed _ -> "SYSTEM_RESET2";
                });
        fields.put(
                "kind",
                switch (kind) {
                    case COLD -> "cold";
                    case WARM -> "warm";
                });
        if (request instanceof ResetRequest.Typed typed) {
            fields.put("vendor", typed.isVendor());
            fields.put("type", Json.hex(Integer.toUnsignedLong(typed.type())));
            fields.put("cookie", Json.hex(typed.cookie()));
        }
        return fields;
    }
}
