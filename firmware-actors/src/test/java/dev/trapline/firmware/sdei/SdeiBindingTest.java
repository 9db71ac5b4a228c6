package dev.trapline.firmware.sdei;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Interrupts that are bound to events, and resets.
class SdeiBindingTest {

    private final SdeiMachine machine =
            SdeiMachine.allOn(2, SdeiMachine.EVENTS + ",40:shared:critical:60,14:private:normal:21");

    @Test
    void anInterruptIsBoundToTheFreeSlotWithTheLowestNumber() {
        assertThat(machine.run("0 INTERRUPT_BIND 20")).as("a PPI is private").isEqualTo(1000);
        assertThat(machine.run("1 INTERRUPT_BIND 1019")).as("an SPI is shared").isEqualTo(2000);
        assertThat(machine.run("0 INTERRUPT_BIND 32")).isEqualTo(2001);
        assertThat(machine.run("1 INTERRUPT_BIND 20")).as("already bound").isEqualTo(1000);
        assertThat(machine.run("0 INTERRUPT_RELEASE 2000")).isZero();
        assertThat(machine.run("0 INTERRUPT_BIND 33"))
                .as("the slot is free again")
                .isEqualTo(2000);
    }

    @Test
    void aBoundInterruptIsAnEventOnceItHasAHandler() {
        machine.run("0 PE_UNMASK, 1 PE_UNMASK, 0 INTERRUPT_BIND 20, irq 20 1");
        machine.run("1 EVENT_REGISTER 1000, 1 EVENT_ENABLE 1000");
        assertThat(machine.delivered())
                .as("earlier interrupts belonged to the client")
                .isEmpty();
        machine.run("irq 20 0");
        assertThat(machine.delivered()).as("PE 0 has no handler for it").isEmpty();
        machine.run("irq 20 1");
        assertThat(machine.delivered()).isEqualTo("1000>1");
    }

    /// PE 1 has masked events, and its handler waits for its own interrupt.
    @Test
    void anInterruptOfAPeWithoutAHandlerWakesNoOtherPe() {
        machine.run("1 EVENT_REGISTER 14, 1 EVENT_ENABLE 14, irq 21 1");
        assertThat(machine.woken()).isEqualTo("1");
        machine.run("irq 21 0");
        assertThat(machine.woken()).as("PE 0 has no handler").isEmpty();
    }

    @Test
    void aReleasedInterruptIsNoEvent() {
        machine.run("0 PE_UNMASK, 0 INTERRUPT_BIND 40, 0 EVENT_REGISTER 2000, 0 EVENT_ENABLE 2000");
        machine.run("0 EVENT_UNREGISTER 2000, 0 INTERRUPT_RELEASE 2000, irq 40 0");
        assertThat(machine.delivered()).isEmpty();
    }

    @Test
    void thePlatformsInterruptsAreBoundFromTheStart() {
        machine.run("0 PE_UNMASK, 0 EVENT_REGISTER 40, 0 EVENT_ENABLE 40, irq 60 1");
        assertThat(machine.delivered()).isEqualTo("40>0");
        machine.run("1 PE_UNMASK, 1 EVENT_REGISTER 14, 1 EVENT_ENABLE 14, irq 21 1");
        assertThat(machine.delivered()).isEqualTo("14>1");
    }

    @Test
    void bindingMoreThanThereAreSlotsFailsAndBreaksNothing() {
        for (int intid = 22; intid < 25; intid++) {
            assertThat(machine.run("0 INTERRUPT_BIND " + intid)).isEqualTo(978 + intid);
        }
        assertThat(machine.run("0 INTERRUPT_BIND 25")).as("OUT_OF_RESOURCE").isEqualTo(-10);
        assertThat(machine.run("0 INTERRUPT_BIND 22")).as("still bound").isEqualTo(1000);
    }

    @Test
    void privateResetTakesTheCallersPrivateHandlersAlone() {
        machine.run("0 EVENT_REGISTER 10, 1 EVENT_REGISTER 10, 0 EVENT_REGISTER 30, 0 EVENT_REGISTER 0");
        assertThat(machine.run("0 PRIVATE_RESET")).isZero();
        assertThat(machine.run("0 EVENT_STATUS 10")).isZero();
        assertThat(machine.run("0 EVENT_STATUS 0")).isZero();
        assertThat(machine.run("1 EVENT_STATUS 10")).as("another PE's").isEqualTo(1);
        assertThat(machine.run("0 EVENT_STATUS 30")).as("shared").isEqualTo(1);
    }

    @Test
    void privateResetWhileAHandlerRunsTakesItWhenItCompletes() {
        machine.run("0 PE_UNMASK, 0 EVENT_REGISTER 10, 0 EVENT_ENABLE 10, 0 EVENT_REGISTER 12, inject 10 0");
        assertThat(machine.run("0 PRIVATE_RESET")).as("DENIED").isEqualTo(-3);
        assertThat(machine.run("0 EVENT_STATUS 12"))
                .as("unregistered nevertheless")
                .isZero();
        assertThat(machine.run("0 EVENT_STATUS 10")).as("running alone").isEqualTo(4);
        machine.run("0 EVENT_COMPLETE 0");
        assertThat(machine.run("0 PRIVATE_RESET")).isZero();
    }

    @Test
    void sharedResetTakesSharedHandlersAndAllBindings() {
        machine.run("0 INTERRUPT_BIND 20, 0 INTERRUPT_BIND 40, 1 EVENT_REGISTER 2000, 1 EVENT_REGISTER 30,"
                + " 0 EVENT_REGISTER 10");
        assertThat(machine.run("0 SHARED_RESET")).isZero();
        assertThat(machine.run("0 EVENT_STATUS 30"))
                .as("another PE registered it")
                .isZero();
        assertThat(machine.run("0 EVENT_STATUS 10")).as("private").isEqualTo(1);
        assertThat(machine.run("0 INTERRUPT_RELEASE 2000")).as("not bound").isEqualTo(-2);
        assertThat(machine.run("0 INTERRUPT_RELEASE 1000")).as("not bound").isEqualTo(-2);
        machine.run("0 PE_UNMASK, 0 EVENT_REGISTER 40, 0 EVENT_ENABLE 40, irq 60 0");
        assertThat(machine.delivered()).as("the platform's events stay bound").isEqualTo("40>0");
    }

    @Test
    void sharedResetWhileAHandlerRunsLeavesTheBindings() {
        machine.run("0 PE_UNMASK, 0 INTERRUPT_BIND 40, 0 EVENT_REGISTER 2000, 0 EVENT_ENABLE 2000, irq 40 0");
        assertThat(machine.run("0 SHARED_RESET")).as("DENIED").isEqualTo(-3);
        assertThat(machine.run("0 INTERRUPT_BIND 40")).as("still bound").isEqualTo(2000);
        machine.run("0 EVENT_COMPLETE 0");
        assertThat(machine.run("0 SHARED_RESET")).isZero();
    }

    @Test
    void sharedResetLeavesThePrivateSlotThatAPeUses() {
        machine.run("0 INTERRUPT_BIND 20, 0 INTERRUPT_BIND 40, 1 EVENT_REGISTER 1000");
        assertThat(machine.run("0 SHARED_RESET")).as("DENIED").isEqualTo(-3);
        assertThat(machine.run("0 INTERRUPT_RELEASE 2000")).as("released").isEqualTo(-2);
        assertThat(machine.run("1 EVENT_STATUS 1000")).as("registered").isEqualTo(1);
    }
}
