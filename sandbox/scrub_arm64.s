#include "go_asm.h"
#include "textflag.h"

// func flush(start *byte, size int)
//
// Linux lets programs do this (SCTLR_EL1.UCI).
TEXT ·flush(SB), NOSPLIT, $0-16
	MOVD start+0(FP), R0
	MOVD size+8(FP), R1
	ADD  R0, R1

next:
	CMP  R1, R0
	BHS  done
	DC   CIVAC, R0
	ADD  $const_lineSize, R0
	B    next

done:
	DSB  $11 // inner shareable
	RET
