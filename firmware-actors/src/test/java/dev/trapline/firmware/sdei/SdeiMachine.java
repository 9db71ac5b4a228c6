package dev.trapline.firmware.sdei;

import static dev.trapline.firmware.Calls.MEMORY;
import static dev.trapline.firmware.Calls.hvc;

import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.firmware.Effect;
import dev.trapline.abi.firmware.MachineEvent;
import dev.trapline.abi.firmware.MachineTopology;
import dev.trapline.abi.firmware.Reaction;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.firmware.ServiceContext;
import dev.trapline.abi.firmware.ServiceDescriptor.Setting;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// A minimal machine with SDEI. A test drives it by steps:
///
/// ```text
/// 0 EVENT_ENABLE 804      PE 0 makes a call with these x1, x2 ...
/// inject 804 1            an event comes from outside, for PE 1 if it is private
/// irq 40 1                an interrupt arrives at PE 1
/// on 1, off 1             PE 1 is powered on, off
/// woken 1, resumed 1      PE 1 wakes from a power-down, from a standby
/// ```
///
/// Only EVENT_REGISTER has defaults: entry 0x40080000, argument 0, RM_ANY.
final class SdeiMachine {

    /// The default entry point of handlers.
    static final long ENTRY = 0x4008_0000L;

    /// The events that most tests use: one of each kind, besides event 0.
    static final String EVENTS = "events=10:private:normal,11:private:critical,12:private:normal,13:private:critical,"
            + "30:shared:normal,31:shared:critical";

    private final SdeiService service = new SdeiService();
    private SdeiState state;
    private List<Effect> effects = List.of();
    private long result;

    /// A machine with CPUs 0 to `vcpus` - 1, in clusters of two.
    ///
    /// @param settings each `key=value`
    SdeiMachine(int vcpus, String... settings) {
        SortedMap<String, String> values = new TreeMap<>();
        for (Setting setting : service.descriptor().settings()) {
            values.put(setting.key(), setting.defaultValue());
        }
        for (String setting : settings) {
            int equals = setting.indexOf('=');
            values.put(setting.substring(0, equals), setting.substring(equals + 1));
        }
        state = service.start(new ServiceContext(new MachineTopology(vcpus, 2), false, values));
    }

    /// The same with all CPUs on.
    static SdeiMachine allOn(int vcpus, String... settings) {
        SdeiMachine machine = new SdeiMachine(vcpus, settings);
        for (int pe = 1; pe < vcpus; pe++) {
            machine.run("on " + pe);
        }
        return machine;
    }

    SdeiState state() {
        return state;
    }

    /// The effects of the last step.
    List<Effect> effects() {
        return effects;
    }

    /// The deliveries of the last step, each as `event>pe`.
    String delivered() {
        List<String> all = new ArrayList<>();
        for (Effect effect : effects) {
            if (effect instanceof Effect.DeliverEvent deliver) {
                all.add(deliver.event() + ">" + deliver.target().index());
            }
        }
        return String.join(" ", all);
    }

    /// The interrupts whose receiver the last step changed, each as `intid>receiver`, with the PE of a PPI.
    String routed() {
        List<String> all = new ArrayList<>();
        for (Effect effect : effects) {
            if (effect instanceof Effect.RouteInterrupt(VcpuId target, int intid, var receiver)) {
                all.add(intid + (intid < 32 ? "@" + target.index() : "") + ">" + receiver);
            }
        }
        return String.join(" ", all);
    }

    /// The PEs that the last step woke.
    String woken() {
        List<String> all = new ArrayList<>();
        for (Effect effect : effects) {
            if (effect instanceof Effect.Wake(VcpuId target)) {
                all.add("" + target.index());
            }
        }
        return String.join(" ", all);
    }

    /// Executes steps, which are separated by commas.
    ///
    /// @return x0 of the last one, if it was a call that returned
    long run(String steps) {
        for (String step : steps.split(",", -1)) {
            if (!step.isBlank()) {
                step(step.strip().split("\\s+"));
            }
        }
        return result;
    }

    private void step(String[] words) {
        VcpuId last = new VcpuId(words[0].matches("\\d+") ? 0 : Integer.parseInt(words[words.length - 1]));
        switch (words[0]) {
            case "inject" -> notice(new MachineEvent.EventInjected(number(words[1]), last));
            case "irq" -> notice(new MachineEvent.Interrupted(last, (int) number(words[1])));
            case "on" -> notice(new MachineEvent.PoweredOn(last));
            case "off" -> notice(new MachineEvent.PoweredOff(last));
            case "woken" -> {
                notice(new MachineEvent.PoweredDown(last));
                notice(new MachineEvent.Woken(last, 0, true));
            }
            case "resumed" -> notice(new MachineEvent.Woken(last, 0, false));
            default -> {
                Reply<SdeiState> reply = call(
                        Integer.parseInt(words[0]),
                        words[1],
                        Arrays.stream(words)
                                .skip(2)
                                .mapToLong(SdeiMachine::number)
                                .toArray());
                result = reply.registers().count() == 0
                        ? Long.MIN_VALUE
                        : reply.registers().value(0);
            }
        }
    }

    /// Sends SDEI an event.
    void notice(MachineEvent event) {
        Reaction<SdeiState> reaction = service.notice(state, event);
        state = reaction.state();
        effects = reaction.effects();
    }

    /// Makes a call.
    Reply<SdeiState> call(int pe, String function, long... arguments) {
        long[] x = new long[7];
        x[0] = id(function);
        System.arraycopy(arguments, 0, x, 1, arguments.length);
        if (function.equals("EVENT_REGISTER") && arguments.length == 1) {
            x[2] = ENTRY;
        }
        ServiceCall made = hvc(pe, x);
        Reply<SdeiState> reply = service.apply(
                state, new ServiceCall(made.caller(), made.exit(), 0, interrupted(pe), made.capabilities()), MEMORY);
        state = reply.state();
        effects = reply.effects();
        return reply;
    }

    /// The interrupted registers: xN is 100 × PE + N.
    private static GeneralRegisters interrupted(int pe) {
        long[] values = new long[GeneralRegisters.COUNT];
        Arrays.setAll(values, n -> 100L * pe + n);
        return GeneralRegisters.copyOf(values);
    }

    /// The identifier of a function, by its position in DEN0054 §5.1.
    static long id(String function) {
        List<String> names = List.of(
                "VERSION",
                "EVENT_REGISTER",
                "EVENT_ENABLE",
                "EVENT_DISABLE",
                "EVENT_CONTEXT",
                "EVENT_COMPLETE",
                "EVENT_COMPLETE_AND_RESUME",
                "EVENT_UNREGISTER",
                "EVENT_STATUS",
                "EVENT_GET_INFO",
                "EVENT_ROUTING_SET",
                "PE_MASK",
                "PE_UNMASK",
                "INTERRUPT_BIND",
                "INTERRUPT_RELEASE",
                "EVENT_SIGNAL",
                "FEATURES",
                "PRIVATE_RESET",
                "SHARED_RESET");
        int index = names.indexOf(function);
        if (index < 0) {
            throw new IllegalArgumentException("no function is called " + function);
        }
        return 0xc400_0020L + index;
    }

    static long number(String text) {
        return text.startsWith("0x") ? Long.parseUnsignedLong(text.substring(2), 16) : Long.parseLong(text);
    }
}
