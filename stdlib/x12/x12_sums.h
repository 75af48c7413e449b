/* x12_sums.h: what the numbers of a transaction set must add up to.
 *
 *     810  TDS01 = lines (IT102 × IT104 by the unit of price) + charges − allowances (SAC) + taxes
 * (TXI) 835  BPR02 = paid claims (CLP04) − provider adjustments (PLB); of a claim CLP04 = CLP03 −
 * its CAS; of a service SVC03 = SVC02 − its CAS (005010X221, 1.10.2) 820  BPR02 = the payments
 * (RMR04) 850, 855, 860, 810, 856 and others with CTT: CTT01 = lines; CTT02 = the sum of
 * quantities, where all are whole (a hash total passes over decimal points, which partners read in
 * two ways)
 *
 * A set that says something which the sum does not know (a price basis, a charge in percent) is not
 * judged: what is reported is certain.
 */
#ifndef FERRY_STDLIB_X12_SUMS_H
#define FERRY_STDLIB_X12_SUMS_H

#include "stdlib/x12/x12.h"

/* Adds faults "sum TDS01", "sum BPR02", "sum CLP04", "sum SVC03", "sum CTT01", "sum CTT02" with
 * both numbers. */
void x12_sums(arena *a, const x12_file *f, document_faults *out);

#endif
