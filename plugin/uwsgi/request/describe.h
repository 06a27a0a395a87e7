/* describe.h -- what a report tells of its request: taken from the server's structures
 * into the profile. No GIL needed. */

#ifndef PROFILER_DESCRIBE_H
#define PROFILER_DESCRIBE_H

#include "slot.h"
#include "uwsgi/deliver/delivery.h"

/* The facts as they are when the request starts. Views. */
struct request_facts describe_facts(const struct wsgi_request *r);

/* Fills the profile's facts of the request, for a report that will be made; texts that
 * memory has no room for stay empty. For the owner of the slot's claim. */
void describe_request(const struct request_slot *slot);

/* The status of the app's answer; 0: it gave none. */
int describe_status(const struct wsgi_request *r);

/* Fills the facts of the response. */
void describe_response(struct profile *p, const struct wsgi_request *r);

/* The profile, which is the delivery's now, with the choice of the request. Where none
 * of its functions is own code, all are shown, and it gets the notice. */
struct delivery describe_delivery(const struct request_slot *slot, struct profile *p);

#endif
