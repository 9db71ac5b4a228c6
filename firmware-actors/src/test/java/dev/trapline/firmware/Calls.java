package dev.trapline.firmware;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Bytes;
import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.firmware.Capabilities;
import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.abi.firmware.MachineTopology;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.firmware.ServiceContext;
import java.util.Map;
import java.util.TreeMap;

/// Calls, memory and settings for services under test.
public final class Calls {

    /// RAM as on the `virt` board: 0x4000_0000, 128 MiB. Reads as zero.
    public static final GuestMemory MEMORY = new GuestMemory() {
        @Override
        public boolean contains(long address, long length) {
            return address >= 0x4000_0000L && address + length <= 0x4800_0000L && length >= 0;
        }

        @Override
        public Bytes read(long address, int length) {
            return Bytes.copyOf(new byte[length]);
        }
    };

    /// Capabilities of a machine on which every call is forwarded to a service.
    public static final Capabilities EVERYTHING = (_, _, _, _) -> Capabilities.DecisionKind.FORWARDED;

    private Calls() {}

    /// An HVC with these x0, x1 ...
    public static ServiceCall hvc(int caller, long... x) {
        return hvc(ExecutionState.A64, caller, x);
    }

    /// The same on a machine with these capabilities.
    public static ServiceCall hvc(Capabilities capabilities, int caller, long... x) {
        ServiceCall call = hvc(caller, x);
        return new ServiceCall(call.caller(), call.exit(), call.time(), capabilities);
    }

    /// The same from another instruction set.
    public static ServiceCall hvc(ExecutionState state, int caller, long... x) {
        long[] registers = new long[GeneralRegisters.COUNT];
        System.arraycopy(x, 0, registers, 0, x.length);
        return new ServiceCall(
                new VcpuId(caller),
                new HypercallExit(Conduit.HVC, 0, state, 1, 4, true, GeneralRegisters.copyOf(registers)),
                0,
                EVERYTHING);
    }

    /// A machine with one vCPU, and a service's default settings with some changes.
    ///
    /// @param changed keys, each followed by its value
    public static ServiceContext settingsOf(FirmwareService<?> service, String... changed) {
        TreeMap<String, String> settings = new TreeMap<>();
        service.descriptor().settings().forEach(setting -> settings.put(setting.key(), setting.defaultValue()));
        for (int i = 0; i < changed.length; i += 2) {
            assertThat(settings.put(changed[i], changed[i + 1]))
                    .as("the service takes '%s'", changed[i])
                    .isNotNull();
        }
        return new ServiceContext(new MachineTopology(1, 16), false, settings);
    }

    /// A machine with this number of vCPUs and default settings.
    public static ServiceContext machineOf(int vcpus) {
        return machineOf(vcpus, false, "auto");
    }

    /// The same with this version of PSCI.
    public static ServiceContext machineOf(int vcpus, boolean resident, String version) {
        return new ServiceContext(new MachineTopology(vcpus, 16), resident, new TreeMap<>(Map.of("version", version)));
    }
}
