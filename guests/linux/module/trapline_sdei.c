// A handler for an SDEI event, as a driver of Linux has it: it counts the events that arrive.
//
// The kernel does not export its functions for SDEI to modules. A probe finds their addresses.
#include <linux/arm_sdei.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/smp.h>

static uint event;
module_param(event, uint, 0444);
MODULE_PARM_DESC(event, "the number of the event");

static uint count;
module_param(count, uint, 0444);
MODULE_PARM_DESC(count, "how many events have arrived");

static int (*event_register)(u32, sdei_event_callback *, void *);
static int (*event_enable)(u32);
static int (*event_disable)(u32);
static int (*event_unregister)(u32);

static void *find(const char *name)
{
    struct kprobe probe = { .symbol_name = name };
    void *address = NULL;

    if (register_kprobe(&probe) == 0) {
        address = probe.addr;
        unregister_kprobe(&probe);
    }
    return address;
}

static int handle(u32 number, struct pt_regs *regs, void *arg)
{
    if (number != event || arg != &event)
        return -EINVAL;
    count++;
    pr_info("trapline_sdei: event %u on CPU %d\n", number, smp_processor_id());
    return 0;
}

static int __init begin(void)
{
    int error;

    event_register = find("sdei_event_register");
    event_enable = find("sdei_event_enable");
    event_disable = find("sdei_event_disable");
    event_unregister = find("sdei_event_unregister");
    if (!event_register || !event_enable || !event_disable || !event_unregister)
        return -ENOENT;
    error = event_register(event, handle, &event);
    if (error)
        return error;
    error = event_enable(event);
    if (error)
        event_unregister(event);
    pr_info("trapline_sdei: event %u: %d\n", event, error);
    return error;
}

static void __exit end(void)
{
    event_disable(event);
    event_unregister(event);
    pr_info("trapline_sdei: event %u came %u times\n", event, count);
}

module_init(begin);
module_exit(end);
MODULE_DESCRIPTION("Counts SDEI events");
MODULE_LICENSE("GPL");
