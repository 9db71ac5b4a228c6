package dev.trapline.config;

import dev.trapline.abi.fault.CallFault;
import java.util.List;
import java.util.Locale;

/// The kinds of fault, as a plan names them.
public enum FaultKind {
    /// See [CallFault.Refused].
    REFUSE(
            "refuse = RESULT",
            "do { refuse = INTERNAL_FAILURE }",
            "No service gets the call: it returns RESULT at once."),
    /// See [CallFault.WrongResult].
    RESULT(
            "result = RESULT",
            "do { result { x4 = 0xbad } }",
            "The service does its work, and the call returns RESULT in its place, or in addition to it.",
            "Registers that a call must keep can be changed too."),
    /// See [CallFault.WrongArgument].
    ARGUMENT(
            "argument { xN = NUMBER, ... }",
            "do { argument { x1 = 7 } }",
            "The service gets other arguments than the caller gave: x1 and registers above it."),
    /// See [CallFault.Late].
    DELAY(
            "delay = DURATION",
            "do { delay = 5ms }",
            "The service does its work at once, but the caller continues later. No interrupt shortens that."),
    /// See [CallFault.Lost].
    LOSE(
            "lose = DURATION, or forever",
            "do { lose = forever }",
            "No service gets the call. The caller waits, and then continues with all its registers as they were."),
    /// See [CallFault.Repeated].
    REPEAT(
            "repeat = true",
            "do { repeat = true }",
            "The service gets the call twice, and the caller gets the second answer.",
            "A call that does not return is made once."),
    /// See [CallFault.Forgotten].
    FORGET("forget = true", "do { forget = true }", "The service forgets its state, as at a reset, and then answers."),
    /// See [CallFault.Crashed].
    CRASH(
            "crash = before, while or after",
            "do { crash = while, error = INTERNAL_FAILURE }",
            "The service's actor crashes before its work, in it, or after it, and is replaced.",
            "Before and in it, the state stays as it was, and the call returns 'error = RESULT';",
            "without that key, NOT_SUPPORTED. After it, the state and the answer stand.");

    private final String form;
    private final String example;
    private final String help;

    FaultKind(String form, String example, String... lines) {
        this.form = form;
        this.example = example;
        this.help = String.join("\n", lines);
    }

    /// The kind of a fault.
    public static FaultKind of(CallFault fault) {
        return switch (fault) {
            case CallFault.Refused _ -> REFUSE;
            case CallFault.WrongResult _ -> RESULT;
            case CallFault.WrongArgument _ -> ARGUMENT;
            case CallFault.Late _ -> DELAY;
            case CallFault.Lost _ -> LOSE;
            case CallFault.Repeated _ -> REPEAT;
            case CallFault.Forgotten _ -> FORGET;
            case CallFault.Crashed _ -> CRASH;
        };
    }

    /// Its key.
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// How it is written.
    public String form() {
        return form;
    }

    /// What happens, in sentences, broken into lines.
    public List<String> lines() {
        return help.lines().toList();
    }

    /// The same as one text.
    public String help() {
        return help.replace('\n', ' ');
    }

    /// An example.
    public String example() {
        return example;
    }
}
