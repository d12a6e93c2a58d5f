/*
 * exec_short.h - the cases of exec_loop.h whose instructions exist in 16 bits too: OP(name) is the
 * case, SLOTS the instruction's half words, NEXT the label behind it.
 */
case OP(LUI):
    x[in->rd] = in->imm;
    goto NEXT;
case OP(JAL):
    x[in->rd] = in->pc + SLOTS * 2u;
    goto branch;
case OP(JALR):
    target = (x[in->rs1] + in->imm) & ~1u;
    if ((target & odd) != 0)
        goto leave;
    x[in->rd] = in->pc + SLOTS * 2u;
    goto jump;
case OP(BEQ):
    if (x[in->rs1] == x[in->rs2])
        goto branch;
    counts += C_UNTAKEN;
    goto NEXT;
case OP(BNE):
    if (x[in->rs1] != x[in->rs2])
        goto branch;
    counts += C_UNTAKEN;
    goto NEXT;
case OP(LW):
    at = x[in->rs1] + in->imm - r.base;
    if (word_outside(at, r_words))
        goto leave;
    x[in->rd] = get32(r.mem + at);
    counts += C_LOAD;
    goto NEXT;
case OP(SW):
    at = x[in->rs1] + in->imm - w.base;
    if (word_outside(at, w_words))
        goto leave;
    put32(w.mem + at, x[in->rs2]);
    stored(core, has_code, w_offset + at, 4);
    counts += C_STORE;
    goto NEXT;
case OP(ADDI):
    x[in->rd] = x[in->rs1] + in->imm;
    goto NEXT;
case OP(ANDI):
    x[in->rd] = x[in->rs1] & in->imm;
    goto NEXT;
case OP(SLLI):
    x[in->rd] = x[in->rs1] << in->imm;
    goto NEXT;
case OP(SRLI):
    x[in->rd] = x[in->rs1] >> in->imm;
    goto NEXT;
case OP(SRAI):
    x[in->rd] = shift_right_signed(x[in->rs1], in->imm);
    goto NEXT;
case OP(ADD):
    x[in->rd] = x[in->rs1] + x[in->rs2];
    goto NEXT;
case OP(SUB):
    x[in->rd] = x[in->rs1] - x[in->rs2];
    goto NEXT;
case OP(XOR):
    x[in->rd] = x[in->rs1] ^ x[in->rs2];
    goto NEXT;
case OP(OR):
    x[in->rd] = x[in->rs1] | x[in->rs2];
    goto NEXT;
case OP(AND):
    x[in->rd] = x[in->rs1] & x[in->rs2];
    goto NEXT;
