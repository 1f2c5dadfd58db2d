#include "textflag.h"

// Offsets into step and plan; TestLayout compares them with the Go structs.
#define STEP_ARG0 8
#define STEP_ARG1 16
#define STEP_ARG2 24
#define STEP_ARG3 32
#define STEP_ARG4 40
#define STEP_ARG5 48
#define STEP_TOLERATED 56
#define STEP_LEAVE 64
#define STEP_SIZE 72
#define PLAN_FIRST 0
#define PLAN_COUNT 8
#define PLAN_FAILED 16
#define PLAN_ERRNO 24

#define SYS_CLONE3 435
#define SYS_EXIT_GROUP 231

// func clone(args *cloneArgs, size, pass uintptr, p *plan) (r uintptr)
//
// The child shares the caller's memory and stack pointer. It lives in
// registers alone, calls nothing and never returns, so the caller's stack
// stays as it was.
TEXT ·clone(SB), NOSPLIT|NOFRAME, $0-40
	MOVQ args+0(FP), DI
	MOVQ size+8(FP), SI
	MOVQ pass+16(FP), DX
	MOVQ p+24(FP), R13
	MOVQ $SYS_CLONE3, AX
	SYSCALL
	TESTQ AX, AX
	JZ   child
	MOVQ AX, r+32(FP)
	RET

child:
	MOVQ PLAN_FIRST(R13), R12
	XORL BX, BX

next:
	CMPQ BX, PLAN_COUNT(R13)
	JCC  die
	MOVQ 0(R12), AX
	MOVQ STEP_ARG0(R12), DI
	MOVQ STEP_ARG1(R12), SI
	MOVQ STEP_ARG2(R12), DX
	MOVQ STEP_ARG3(R12), R10
	MOVQ STEP_ARG4(R12), R8
	MOVQ STEP_ARG5(R12), R9
	SYSCALL
	CMPQ AX, $-4095
	JCC  failed
	CMPQ STEP_LEAVE(R12), $0
	JEQ  done
	TESTQ AX, AX
	JNZ  die

done:
	ADDQ $STEP_SIZE, R12
	INCQ BX
	JMP  next

failed:
	NEGQ AX
	CMPQ AX, STEP_TOLERATED(R12)
	JEQ  done
	MOVQ AX, PLAN_ERRNO(R13)
	INCQ BX
	MOVQ BX, PLAN_FAILED(R13)

die:
	MOVQ $SYS_EXIT_GROUP, AX
	XORL DI, DI
	SYSCALL
	JMP  die
