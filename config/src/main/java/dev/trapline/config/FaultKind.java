package dev.trapline.config;

import dev.trapline.abi.fault.CallFault;
import dev.trapline.abi.fault.Fault;
import dev.trapline.abi.fault.InputFault;
import dev.trapline.abi.fault.MachineFault;
import dev.trapline.abi.machine.Injection;
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
            "without that key, NOT_SUPPORTED. After it, the state and the answer stand."),
    /// See [MachineFault.FlippedMemory].
    FLIP_MEMORY(
            "flip-memory = ADDRESS, or \"FIRST-LAST\"",
            "do { flip-memory = \"0x40100000-0x4010ffff\", bits = 0x80 }",
            "Bits of the byte at this physical address change, or of a drawn one of a range.",
            "Without 'bits', one drawn bit."),
    /// See [MachineFault.FlippedRegister].
    FLIP_REGISTER(
            "flip-register = xN, or any",
            "do { flip-register = x19, bits = 1, vcpu = 0 }",
            "Bits of this register change, or of a drawn one. Without 'bits', one drawn bit."),
    /// See [MachineFault.Held].
    HOLD(
            "hold = DURATION, or forever",
            "do { hold = 3ms, vcpu = all }",
            "The vCPU executes nothing for this time. No interrupt shortens that.",
            "Nothing happens to a vCPU that waits or has no power."),
    /// See [MachineFault.SpuriousInterrupt].
    INTERRUPT(
            "interrupt = INTID", "do { interrupt = 40, vcpu = 1 }", "An interrupt becomes pending that nobody raised."),
    /// See [MachineFault.DroppedInterrupt].
    DROP_INTERRUPT(
            "drop-interrupt = INTID",
            "do { drop-interrupt = 27, vcpu = 1 }",
            "An interrupt that is pending is lost. A level-sensitive one that its device still asserts stays pending."),
    /// See [MachineFault.SpuriousWakeUp].
    WAKE(
            "wake = true",
            "do { wake = true, vcpu = all }",
            "A wait of the vCPU ends, or its next one, without a reason."),
    /// See [MachineFault.SpuriousEvent].
    EVENT("event = NUMBER", "do { event = 0, vcpu = 1 }", "An SDEI event is signalled."),
    /// See [MachineFault.RaisedError].
    SERROR(
            "serror = SYNDROME",
            "do { serror = 0x1000002 }",
            "An SError becomes pending. Only the board virt has them."),
    /// See [Injection.Misread].
    MISREAD(
            "misread = ADDRESS",
            "do { misread = 0x9000018, set = 0x20, count = 3 }",
            "The register of a device at this physical address reads wrong: the bits 'set' are 1, the bits 'clear'",
            "are 0, the bits 'bits' are changed. 'count = N' is for the next N reads."),
    /// See [Injection.StuckLine].
    STICK_LINE(
            "stick-line = INTID",
            "do { stick-line = 33, level = high, duration = 5ms }",
            "The line of a device that has this interrupt keeps its level, high or low, for this time,",
            "whatever the device does. 33 is the UART's, 48 the first disk's."),
    /// See [Injection.BadDisk].
    DISK_READS(
            "disk-reads = fail",
            "do { disk-reads = fail, count = 1 }",
            "The disk answers reads with an error. 'count = N' is for the next N reads, 'disk = N' for another disk",
            "than the first, 0."),
    /// See [Injection.BadDisk].
    DISK_WRITES(
            "disk-writes = fail, lost or torn",
            "do { disk-writes = torn, count = 1 }",
            "The disk answers writes with an error, or does not store them, or only the first half of their bytes;",
            "then it says that all is done. 'count' and 'disk' are as for disk-reads."),
    /// See [InputFault#DROPPED].
    DROP("drop = true", "do { drop = true }", "The input does not arrive. A service gets no entropy."),
    /// See [InputFault#CORRUPTED].
    CORRUPT("corrupt = true", "do { corrupt = true }", "The input arrives with one wrong bit. Not for entropy."),
    /// See [InputFault#DOUBLED].
    DUPLICATE("duplicate = true", "do { duplicate = true }", "The input arrives twice. Not for entropy.");

    private final String form;
    private final String example;
    private final String help;

    FaultKind(String form, String example, String... lines) {
        this.form = form;
        this.example = example;
        this.help = String.join("\n", lines);
    }

    /// What a fault is of.
    public enum Subject {
        CALL,
        MACHINE,
        DEVICE,
        INPUT
    }

    /// What it is a fault of.
    public Subject subject() {
        return switch (this) {
            case REFUSE, RESULT, ARGUMENT, DELAY, LOSE, REPEAT, FORGET, CRASH -> Subject.CALL;
            case FLIP_MEMORY, FLIP_REGISTER, HOLD, INTERRUPT, DROP_INTERRUPT, WAKE, EVENT, SERROR -> Subject.MACHINE;
            case MISREAD, STICK_LINE, DISK_READS, DISK_WRITES -> Subject.DEVICE;
            case DROP, CORRUPT, DUPLICATE -> Subject.INPUT;
        };
    }

    /// The kind of a fault.
    public static FaultKind of(Fault fault) {
        return switch (fault) {
            case CallFault call -> of(call);
            case MachineFault machine -> of(machine);
            case InputFault input ->
                switch (input) {
                    case DROPPED -> DROP;
                    case CORRUPTED -> CORRUPT;
                    case DOUBLED -> DUPLICATE;
                };
        };
    }

    private static FaultKind of(MachineFault fault) {
        return switch (fault) {
            case MachineFault.FlippedMemory _ -> FLIP_MEMORY;
            case MachineFault.FlippedRegister _ -> FLIP_REGISTER;
            case MachineFault.Held _ -> HOLD;
            case MachineFault.SpuriousInterrupt _ -> INTERRUPT;
            case MachineFault.SpuriousWakeUp _ -> WAKE;
            case MachineFault.DroppedInterrupt _ -> DROP_INTERRUPT;
            case MachineFault.SpuriousEvent _ -> EVENT;
            case MachineFault.RaisedError _ -> SERROR;
            case MachineFault.Defective(Injection.Defect what) -> of(what);
        };
    }

    private static FaultKind of(Injection.Defect defect) {
        return switch (defect) {
            case Injection.Misread _ -> MISREAD;
            case Injection.StuckLine _ -> STICK_LINE;
            case Injection.BadDisk(var _, var failure, var _) ->
                switch (failure) {
                    case READ_FAILS -> DISK_READS;
                    case WRITE_FAILS, WRITE_LOST, WRITE_TORN -> DISK_WRITES;
                };
        };
    }

    private static FaultKind of(CallFault fault) {
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
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
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
