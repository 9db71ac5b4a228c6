package dev.trapline.firmware.mailbox;

import static dev.trapline.firmware.Calls.EVERYTHING;
import static dev.trapline.firmware.Calls.MEMORY;
import static dev.trapline.firmware.Calls.machineOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trapline.abi.Conduit;
import dev.trapline.abi.ExecutionState;
import dev.trapline.abi.VcpuId;
import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.exit.HypercallExit;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.policy.Decision;
import dev.trapline.abi.policy.Policy;
import dev.trapline.registry.CapabilityRegistry;
import java.util.List;
import org.junit.jupiter.api.Test;

class MailboxServiceTest {

    private static final long READ = 0;
    private static final long ADD = 1;

    private final MailboxService service = new MailboxService();
    private MailboxService.Sum sum = service.start(machineOf(2));

    private RegisterWrites call(int caller, long operation, long value) {
        long[] registers = new long[GeneralRegisters.COUNT];
        registers[0] = 0xc600_1000L;
        registers[7] = operation;
        registers[12] = value;
        HypercallExit exit = new HypercallExit(
                Conduit.HVC, 0x4a48, ExecutionState.A64, 1, 4, true, GeneralRegisters.copyOf(registers));
        Reply<MailboxService.Sum> reply =
                service.apply(sum, new ServiceCall(new VcpuId(caller), exit, 0, EVERYTHING), MEMORY);
        sum = reply.state();
        return reply.registers();
    }

    @Test
    void whatIsAddedByAnyVcpuIsReadByAny() {
        assertThat(call(0, ADD, 40)).as("adding returns nothing").isEqualTo(RegisterWrites.NONE);
        assertThat(call(1, ADD, 2)).isEqualTo(RegisterWrites.NONE);
        assertThat(call(0, READ, 99)).isEqualTo(RegisterWrites.NONE.and(12, 42));
    }

    @Test
    void anOperationThatThereIsNotChangesNothing() {
        call(0, ADD, 5);
        assertThat(call(0, 2, 7)).as("the error is in r7").isEqualTo(RegisterWrites.NONE.and(7, -1));
        assertThat(call(0, READ, 0)).isEqualTo(RegisterWrites.NONE.and(12, 5));
    }

    @Test
    void itsHvcIsItsOwnWhateverStandsInX0AndTheSmcIsNot() {
        CapabilityRegistry registry = CapabilityRegistry.of(List.of(service.descriptor()), Policy.DEFAULT);
        assertThat(registry.query(Conduit.HVC, 0x4a48, 0xc600_1000, ExecutionState.A64)
                        .decision())
                .isEqualTo(new Decision.Forwarded("mailbox"));
        assertThat(registry.query(Conduit.SMC, 0x4a48, 0xc600_1000, ExecutionState.A64)
                        .decision())
                .isEqualTo(new Decision.Denied(Decision.Reason.IMMEDIATE));
    }
}
