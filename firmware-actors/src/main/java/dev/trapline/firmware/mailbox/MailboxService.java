package dev.trapline.firmware.mailbox;

import dev.trapline.abi.exit.GeneralRegisters;
import dev.trapline.abi.firmware.FirmwareService;
import dev.trapline.abi.firmware.GuestMemory;
import dev.trapline.abi.firmware.RegisterWrites;
import dev.trapline.abi.firmware.Reply;
import dev.trapline.abi.firmware.ServiceCall;
import dev.trapline.abi.firmware.ServiceContext;
import dev.trapline.abi.firmware.ServiceDescriptor;
import java.util.List;

/// A sum that all vCPUs of a machine share, behind `HVC #0x4a48`.
///
/// The second example: a service that has state and does not use SMCCC. It claims an #imm instead of function
/// identifiers, and chooses the registers of its arguments and results. x0 has no meaning. All other registers keep
/// their values.
///
/// | x7 | operation | x12 in | x12 out |
/// |---|---|---|---|
/// | 0 | read | - | the sum |
/// | 1 | add | what to add | unchanged |
/// | other | none: x7 becomes -1 | - | unchanged |
///
/// The sum has 64 bits and wraps. From AArch32, r7 and r12 are their lower halves. A reset of the machine makes it 0.
public final class MailboxService implements FirmwareService<MailboxService.Sum> {

    /// The #imm of its HVC.
    public static final int IMMEDIATE = 0x4a48;

    private static final int OPERATION = 7;
    private static final int VALUE = 12;
    private static final long READ = 0;
    private static final long ADD = 1;
    private static final long NO_SUCH_OPERATION = -1;

    /// The state: immutable, a new one for each change.
    ///
    /// @param value the sum so far
    public record Sum(long value) {}

    @Override
    public ServiceDescriptor descriptor() {
        return new ServiceDescriptor("mailbox", "1", List.of(), List.of(IMMEDIATE), List.of(), List.of());
    }

    @Override
    public Sum start(ServiceContext context) {
        return new Sum(0);
    }

    @Override
    public Reply<Sum> apply(Sum state, ServiceCall call, GuestMemory memory) {
        GeneralRegisters registers = call.exit().registers();
        long operation = registers.x(OPERATION);
        if (operation == READ) {
            return Reply.of(state, RegisterWrites.NONE.and(VALUE, state.value()));
        }
        if (operation == ADD) {
            return Reply.of(new Sum(state.value() + registers.x(VALUE)), RegisterWrites.NONE);
        }
        return Reply.of(state, RegisterWrites.NONE.and(OPERATION, NO_SUCH_OPERATION));
    }
}
