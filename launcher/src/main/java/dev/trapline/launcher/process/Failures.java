package dev.trapline.launcher.process;

import dev.trapline.abi.engine.EngineException;
import dev.trapline.abi.firmware.MemoryReserve;
import dev.trapline.abi.firmware.ServiceFailure;
import dev.trapline.abi.firmware.ThrownText;
import dev.trapline.abi.history.DivergenceException;
import dev.trapline.abi.history.RecordingDamagedException;
import dev.trapline.abi.history.RecordingException;
import dev.trapline.board.boot.ImageException;
import dev.trapline.config.ConfigException;
import dev.trapline.config.ConfigProblem;
import dev.trapline.launcher.output.CommandException;
import dev.trapline.launcher.output.Ending;
import dev.trapline.launcher.output.JsonObject;
import dev.trapline.launcher.output.Positions;
import dev.trapline.machine.MachineSetupException;
import dev.trapline.registry.RegistryError;
import dev.trapline.registry.RegistryException;
import dev.trapline.timeline.NotInRecordingException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Maps an exception of a command to its ending. Only this class decides whether the user, a service or Trapline made
/// the mistake.
///
/// @param ending how the command ends
/// @param lines lines to print before the last line
/// @param details further details, for JSON
public record Failures(Ending ending, List<String> lines, JsonObject details) {

    /// How many causes of a failure are looked at: a plugin may make them a circle.
    private static final int DEEPEST = 100;

    private static final Pattern LINE = Pattern.compile("(.+):([0-9]+)");

    /// For a command that ended normally.
    static Failures none(Ending ending) {
        return new Failures(ending, List.of(), new JsonObject());
    }

    public static Failures of(Throwable failure) {
        return switch (failure) {
            case CommandException e -> new Failures(e.ending(), e.details(), problems(e.details()));
            case ConfigException e -> ofConfiguration(e.problems());
            case RegistryException e ->
                several(e.errors().stream().map(RegistryError::message).toList());
            case ServiceFailure e -> withTrace(new Ending(Ending.BROKEN, "service-failed", message(e)), e.trace());
            case MachineSetupException e -> none(new Ending(Ending.USAGE, "usage", message(e)));
            case NotInRecordingException e -> none(new Ending(Ending.USAGE, "usage", message(e)));
            case ImageException e -> none(new Ending(Ending.USAGE, "usage", message(e)));
            case EngineException e -> none(new Ending(Ending.USAGE, "no-engine", message(e)));
            case RecordingException e ->
                new Failures(
                        ofRecording(e),
                        List.of(),
                        new JsonObject().withAny("damage", e instanceof RecordingDamagedException ? damage(e) : null));
            case DivergenceException e ->
                new Failures(
                        new Ending(Ending.DIVERGED, "diverged", message(e)),
                        List.of(),
                        new JsonObject().with("position", Positions.json(e.position())));
            case OutOfMemoryError e when ThreadWatch.isRefusal(e) -> none(ThreadWatch.ofRefusal());
            case OutOfMemoryError e -> none(ofMemory(message(e)));
            default -> {
                Throwable lack = lack(failure);
                yield lack == null
                        ? withTrace(
                                new Ending(Ending.BROKEN, "broken", "a defect of Trapline: " + failure),
                                ThrownText.trace(failure))
                        : none(ofMemory(lack.toString()));
            }
        };
    }

    /// The lack of memory that a failure comes from; null if it comes from something else. While such an error is
    /// handled, anything may fail for the same reason. The memory for classes may be used up as well as the heap:
    /// then a class cannot be linked.
    private static @Nullable Throwable lack(Throwable failure) {
        Throwable next = failure;
        for (int depth = 0; next != null && depth < DEEPEST; depth++) {
            if (next instanceof OutOfMemoryError || (next instanceof LinkageError && MemoryReserve.finder() != null)) {
                return next;
            }
            next = next.getCause();
        }
        return null;
    }

    /// The ending of a command that ran out of memory, because a service took all of it or the host has too little.
    static Ending ofMemory(String detail) {
        String service = MemoryReserve.finder();
        Ending seen = service == null ? MemoryWatch.ofService() : null;
        if (seen != null) {
            return seen;
        }
        return service == null
                ? new Ending(Ending.USAGE, "memory", "the host has not enough memory: " + detail)
                : ofMemory(service, detail);
    }

    /// The ending of a command in which a service ran out of memory.
    static Ending ofMemory(String service, String detail) {
        return new Ending(
                Ending.BROKEN,
                "service-failed",
                "service '" + service + "' threw java.lang.OutOfMemoryError, and there was no memory left to "
                        + "continue: " + detail);
    }

    /// A defect. The location is for the developer.
    private static Failures withTrace(Ending ending, String trace) {
        if (trace.isEmpty()) {
            return none(ending);
        }
        List<String> lines = trace.lines().toList();
        return new Failures(ending, lines, new JsonObject().with("stackTrace", lines));
    }

    private static Failures ofConfiguration(List<ConfigProblem> problems) {
        Failures several =
                several(problems.stream().map(ConfigProblem::toString).toList());
        return new Failures(
                several.ending,
                several.lines,
                new JsonObject()
                        .with(
                                "problems",
                                problems.stream().map(Failures::problem).toList()));
    }

    /// The file and line of a problem in a file, or the option of a problem on the command line.
    private static JsonObject problem(ConfigProblem problem) {
        JsonObject fields = new JsonObject().with("message", problem.toString()).with("origin", problem.origin());
        Matcher line = LINE.matcher(problem.origin());
        if (line.matches() && !problem.origin().startsWith("--")) {
            fields.with("file", line.group(1)).with("line", Integer.parseInt(line.group(2)));
        }
        return fields.withAny("key", problem.path().isEmpty() ? null : problem.path());
    }

    private static Failures several(List<String> problems) {
        return problems.size() == 1
                ? new Failures(new Ending(Ending.USAGE, "usage", problems.get(0)), List.of(), problems(problems))
                : new Failures(
                        new Ending(Ending.USAGE, "usage", problems.size() + " errors in the configuration"),
                        problems,
                        problems(problems));
    }

    private static JsonObject problems(List<String> messages) {
        JsonObject none = new JsonObject();
        return messages.isEmpty()
                ? none
                : none.with(
                        "problems",
                        messages.stream()
                                .map(message -> new JsonObject().with("message", message))
                                .toList());
    }

    /// The ending of a command that failed because of its recording.
    public static Ending ofRecording(RecordingException e) {
        return switch (e.kind()) {
            case EXISTS, NOT_A_RECORDING, NOT_SUPPORTED, NOT_NAMED, IMAGE_MISSING, ENDED, IN_USE ->
                new Ending(Ending.USAGE, "usage", message(e));
            case IMAGE_CHANGED, DAMAGED -> new Ending(Ending.STORAGE, "damaged", message(e));
            case STORAGE, NOT_DURABLE -> new Ending(Ending.STORAGE, "storage-failed", message(e));
        };
    }

    private static String message(Throwable e) {
        String message = e.getMessage();
        return message == null ? e.toString() : message;
    }

    /// The damage, and its location.
    public static JsonObject damage(RecordingException e) {
        JsonObject damage = new JsonObject();
        if (e instanceof RecordingDamagedException segment) {
            damage.with("segment", segment.segment()).with("position", Positions.json(segment.position()));
        }
        return damage.with("message", String.valueOf(e.getMessage()));
    }
}
