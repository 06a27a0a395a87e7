/* describe.h -- copies what reports show of a request from the server's structures into
 * the profile. No GIL needed. */

#ifndef PROFILER_DESCRIBE_H
#define PROFILER_DESCRIBE_H

#include "slot.h"
#include "uwsgi/deliver/delivery.h"

/* Returns the request's facts as they are now. Views into the request. */
struct request_facts describe_facts(const struct wsgi_request *r);

/* Fills in the profile's facts of the request, once it is certain that a report will be
 * made. Texts stay empty when out of memory. Only for the owner of the slot's claim. */
void describe_request(const struct request_slot *slot);

/* Returns the status of the app's answer; 0: no answer. */
int describe_status(const struct wsgi_request *r);

/* Fills in the facts of the response. */
void describe_response(struct profile *p, const struct wsgi_request *r);

/* Returns a delivery, which owns the profile, with the request's choice of reports. If
 * no function of the profile is the app's own code, all are shown as own, and the
 * profile gets a notice. */
struct delivery describe_delivery(const struct request_slot *slot, struct profile *p);

#endif
