package dev.trapline.firmware.psci;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.firmware.MachineEvent;
import dev.trapline.abi.firmware.MachineTopology;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.firmware.ServiceContext;
import dev.trapline.abi.firmware.ServiceDescriptor.Setting;
import dev.trapline.firmware.Calls;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;

/// A machine that consists only of PSCI: makes calls, sends wake-ups, and executes the effects.
final class PsciMachine {

    static final long ENTRY = 0x4008_0000L;
    static final long CONTEXT = 0xc0ffee;

    static final long CPU_SUSPEND = 0xc400_0001L;
    static final long CPU_OFF = 0x8400_0002L;
    static final long CPU_ON = 0xc400_0003L;
    static final long CPU_ON_0_1 = 0x95c1_ba60L;
    static final long AFFINITY_INFO = 0xc400_0004L;
    static final long CPU_FREEZE = 0x8400_000bL;
    static final long CPU_DEFAULT_SUSPEND = 0xc400_000cL;
    static final long NODE_HW_STATE = 0xc400_000dL;
    static final long SYSTEM_SUSPEND = 0xc400_000eL;
    static final long SET_SUSPEND_MODE = 0x8400_000fL;
    static final long STAT_RESIDENCY = 0xc400_0010L;
    static final long STAT_COUNT = 0xc400_0011L;

    static final long CORE_STANDBY = 0x1;
    static final long CORE_DOWN = 0x1_0002;
    static final long CLUSTER_DOWN = 0x101_0022;
    static final long SYSTEM_DOWN = 0x201_0222;

    /// The call did not return: the caller is off.
    static final long GONE = Long.MIN_VALUE;

    private final PsciService service = new PsciService();
    private final MachineTopology topology;
    private PsciState state;
    private long time;

    private PsciMachine(ServiceContext context) {
        this.topology = context.topology();
        this.state = service.start(context);
    }

    /// Four CPUs in clusters of two, with affinities 0, 1, 0x100 and 0x101.
    ///
    /// @param settings `key=value`, separated by blanks and semicolons
    static PsciMachine of(String... settings) {
        return of(4, 2, settings);
    }

    static PsciMachine of(int vcpus, int clusterSize, String... settings) {
        return new PsciMachine(context(vcpus, clusterSize, false, settings));
    }

    static ServiceContext context(int vcpus, int clusterSize, boolean resident, String... settings) {
        SortedMap<String, String> values = new TreeMap<>();
        for (Setting setting : new PsciService().descriptor().settings()) {
            values.put(setting.key(), setting.defaultValue());
        }
        for (String setting : settings) {
            int equals = setting.indexOf('=');
            String key = setting.substring(0, equals).strip();
            assertThat(values).as("the existing keys").containsKey(key);
            values.put(key, setting.substring(equals + 1).strip());
        }
        return new ServiceContext(new MachineTopology(vcpus, clusterSize), resident, values);
    }

    PsciState state() {
        return state;
    }

    long time() {
        return time;
    }

    PsciMachine at(long newTime) {
        time = newTime;
        return this;
    }

    Reply<PsciState> call(ExecutionState from, int caller, long... x) {
        ServiceCall made = Calls.hvc(from, caller, x);
        Reply<PsciState> reply = service.apply(
                state, new ServiceCall(made.caller(), made.exit(), time, made.capabilities()), Calls.MEMORY);
        state = reply.state();
        return reply;
    }

    Reply<PsciState> call(int caller, long... x) {
        return call(ExecutionState.A64, caller, x);
    }

    /// x0 after a call, or GONE.
    long x0(int caller, long... x) {
        Reply<PsciState> reply = call(caller, x);
        if (reply.registers().mask() == 0) {
            return GONE;
        }
        assertThat(reply.registers().mask()).as("PSCI returns only x0").isEqualTo(1);
        return reply.registers().value(0);
    }

    void woken(int vcpu) {
        var reaction = service.notice(state, new MachineEvent.Woken(new VcpuId(vcpu), time, true));
        assertThat(reaction.effects()).as("a wake-up requests no effects").isEmpty();
        state = reaction.state();
    }

    /// Tells PSCI that an interrupt was pending, so that the vCPU was not suspended.
    void stayedAwake(int vcpu) {
        var reaction = service.notice(state, new MachineEvent.StayedAwake(new VcpuId(vcpu), time));
        assertThat(reaction.effects()).as("it requests no effects").isEmpty();
        state = reaction.state();
    }

    long affinity(int vcpu) {
        return topology.mpidr(new VcpuId(vcpu)).affinity();
    }

    long affinityInfo(int caller, int vcpu, long level) {
        return x0(caller, AFFINITY_INFO, affinity(vcpu), level);
    }

    long hardware(int caller, int vcpu, long level) {
        return x0(caller, NODE_HW_STATE, affinity(vcpu), level);
    }

    long count(int caller, int vcpu, long powerState) {
        return x0(caller, STAT_COUNT, affinity(vcpu), powerState);
    }

    long residency(int caller, int vcpu, long powerState) {
        return x0(caller, STAT_RESIDENCY, affinity(vcpu), powerState);
    }

    long suspend(int caller, long powerState) {
        return x0(caller, CPU_SUSPEND, powerState, ENTRY, CONTEXT);
    }

    long on(int caller, int target) {
        boolean first = state.settings().version() == PsciVersion.V0_1;
        return x0(caller, first ? CPU_ON_0_1 : CPU_ON, affinity(target), ENTRY, CONTEXT);
    }

    /// Executes a script, such as `0 on 1; 1 standby; wake 1; at 100`. Each step must succeed.
    PsciMachine run(String script) {
        Arrays.stream(script.split(";"))
                .map(String::strip)
                .filter(s -> !s.isEmpty())
                .forEach(this::step);
        return this;
    }

    private void step(String step) {
        String[] words = step.split(" ", -1);
        switch (words[0]) {
            case "at" -> at(Long.parseLong(words[1]));
            case "wake" -> woken(Integer.parseInt(words[1]));
            case "stays" -> stayedAwake(Integer.parseInt(words[1]));
            default -> {
                int caller = Integer.parseInt(words[0]);
                long x0 = switch (words[1]) {
                    case "on" -> on(caller, Integer.parseInt(words[2]));
                    case "off" -> x0(caller, CPU_OFF);
                    case "freeze" -> x0(caller, CPU_FREEZE);
                    case "standby" -> suspend(caller, CORE_STANDBY);
                    case "down" -> suspend(caller, CORE_DOWN);
                    case "cluster-down" -> suspend(caller, CLUSTER_DOWN);
                    case "system-down" -> suspend(caller, SYSTEM_DOWN);
                    case "suspend" -> suspend(caller, Long.decode(words[2]));
                    case "default" -> x0(caller, CPU_DEFAULT_SUSPEND, ENTRY, CONTEXT);
                    case "system-suspend" -> x0(caller, SYSTEM_SUSPEND, ENTRY, CONTEXT);
                    case "osi" -> x0(caller, SET_SUSPEND_MODE, 1);
                    case "pc" -> x0(caller, SET_SUSPEND_MODE, 0);
                    default -> throw new IllegalArgumentException(step);
                };
                assertThat(x0).as(step).isIn(0L, GONE);
            }
        }
    }
}
