#include "textflag.h"

// Offsets into step and plan; TestLayout compares them with the Go structs.
#define STEP_ARG0 8
#define STEP_ARG2 24
#define STEP_ARG4 40
#define STEP_TOLERATED 56
#define STEP_LEAVE 64
#define STEP_SIZE 72
#define PLAN_FIRST 0
#define PLAN_COUNT 8
#define PLAN_FAILED 16
#define PLAN_ERRNO 24

#define SYS_CLONE3 435
#define SYS_EXIT_GROUP 94

// func clone(args *cloneArgs, size, pass uintptr, p *plan) (r uintptr)
//
// The child shares the caller's memory and stack pointer. It lives in
// registers alone, calls nothing and never returns, so the caller's stack
// stays as it was.
TEXT ·clone(SB), NOSPLIT|NOFRAME, $0-40
	MOVD args+0(FP), R0
	MOVD size+8(FP), R1
	MOVD pass+16(FP), R2
	MOVD p+24(FP), R20
	MOVD $SYS_CLONE3, R8
	SVC
	CBZ  R0, child
	MOVD R0, r+32(FP)
	RET

child:
	MOVD PLAN_FIRST(R20), R19
	MOVD PLAN_COUNT(R20), R22
	MOVD $0, R21

next:
	CMP  R22, R21
	BHS  die
	MOVD 0(R19), R8
	LDP  STEP_ARG0(R19), (R0, R1)
	LDP  STEP_ARG2(R19), (R2, R3)
	LDP  STEP_ARG4(R19), (R4, R5)
	SVC
	CMN  $4095, R0
	BHI  failed
	MOVD STEP_LEAVE(R19), R9
	CBZ  R9, done
	CBNZ R0, die

done:
	ADD  $STEP_SIZE, R19
	ADD  $1, R21
	B    next

failed:
	NEG  R0, R0
	MOVD STEP_TOLERATED(R19), R9
	CMP  R9, R0
	BEQ  done
	MOVD R0, PLAN_ERRNO(R20)
	ADD  $1, R21
	MOVD R21, PLAN_FAILED(R20)

die:
	MOVD $SYS_EXIT_GROUP, R8
	MOVD $0, R0
	SVC
	B    die
